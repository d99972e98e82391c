import { describe, expect, test } from 'vitest';
import type { Estate } from '../../model/estate.ts';
import type { Plan } from '../../model/plan.ts';
import type { WaiverRequest } from '../../model/waiver.ts';
import type { PlanAnswer } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { differences } from '../../planner/difference.ts';
import type { EstateParts } from '../helpers/estate-builder.ts';
import { estate, service, sitesOf, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { sha256 } from './retail.ts';

const hourMs = 3_600_000;
const people = ['ada', 'cy', 'bo', 'dee', 'eve', 'fay'].map((name) => ({
  id: `${name}@example.org`,
  roles: ['ada', 'cy'].includes(name) ? ['ir-lead'] : ['bo'].includes(name) ? ['platform'] : ['break-glass'],
}));

/** Ten stores, half behind each of two gateways, two of them the only ones on their islands; and phones. */
function shops(parts: EstateParts = {}): Estate {
  const store = (gateway: string, prefix: string, count: number) =>
    sitesOf(count, prefix).map((site) => ({ ...site, needs: { normal: [gateway], degraded: [`${gateway}-spare`] } }));
  return estate({
    people,
    systems: ['north', 'north-spare', 'south', 'south-spare', 'phones', 'desktops'].map((name) => system(name)),
    services: [
      service('tills', {
        floor: [
          { share: 0.9, mode: 'degraded' },
          { tier: 'island', share: 1, mode: 'manual' },
        ],
        modes: { normal: {}, degraded: {}, manual: { needs: 'phones' } },
      }),
      service('calls', { floor: [{ share: 1, mode: 'normal' }], modes: { normal: { needs: 'phones' } } }),
      service('desk', { protected: false, floor: [], modes: { normal: { needs: 'desktops' } } }),
    ],
    sites: {
      tills: [
        ...store('north', 'north', 4),
        ...store('south', 'south', 4),
        ...store('south', 'island', 2).map((site) => ({ ...site, tier: 'island' })),
      ],
    },
    ...parts,
  });
}

interface Asked {
  readonly estate?: Estate;
  readonly breakGlass?: readonly WaiverRequest[];
  readonly releaseBy?: string;
  readonly except?: readonly string[];
}

function cut(systems: readonly string[], { estate: own = shops(), breakGlass = [], ...rest }: Asked = {}): PlanAnswer {
  const { releaseBy = 'PT4H', except = [] } = rest;
  const book = playbook({
    parameters: {},
    releaseBy,
    stages: [{ name: 'cut', action: 'aws.ec2.isolate', on: { systems: [...systems] }, waves: { size: 1 } }],
  });
  const inputs = { playbook: book, parameters: {}, except, narrow: [], live: liveOf(own), allowedSigners: '' };
  return compilePlan({ ...inputs, estate: own, breakGlass }, sha256);
}

function planned(...asked: Parameters<typeof cut>): Plan {
  const answer = cut(...asked);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals, null, 1));
  return answer.plan;
}

function refused(...asked: Parameters<typeof cut>): readonly string[] {
  const answer = cut(...asked);
  if (answer.kind === 'plan') throw new Error('it was planned');
  return answer.refusals.flatMap(({ code, message, facts }) => [
    `${code} ${message}`,
    ...facts.map(({ label, text }) => `${label}: ${text}`),
  ]);
}

const south = ['south', 'south-spare'];

describe('a waiver without numbers is the least that the plan needs', () => {
  test('each floor falls to what is left, in its mode and in worse ones, until all is due back; others stay', () => {
    const { header } = planned(south, { breakGlass: [{ service: 'tills' }] });
    expect(header.waivers).toEqual([
      {
        service: 'tills',
        floor: [
          { mode: 'degraded', share: 0.4 },
          { mode: 'manual', share: 0.9 },
          { mode: 'manual', share: 1, tier: 'island' },
        ],
        untilMs: 4 * hourMs,
      },
    ]);
  });

  test('of a tier too, down to nothing', () => {
    const { header } = planned([...south, 'phones'], { breakGlass: [{ service: 'tills' }, { service: 'calls' }] });
    expect(header.waivers).toEqual([
      { service: 'calls', floor: [{ mode: 'normal', share: 0 }], untilMs: 4 * hourMs },
      {
        service: 'tills',
        floor: [
          { mode: 'degraded', share: 0.4 },
          { mode: 'manual', share: 0, tier: 'island' },
        ],
        untilMs: 4 * hourMs,
      },
    ]);
  });

  test('asked for again as it was signed, it gives the same plan byte for byte; less than it does not', () => {
    const { header, digest } = planned(south, { breakGlass: [{ service: 'tills' }] });
    const [waiver] = header.waivers ?? [];
    if (!waiver) throw new Error('no waiver');
    expect(planned(south, { breakGlass: [waiver] }).digest).toBe(digest);
    const [first, ...others] = waiver.floor;
    const stricter = { ...waiver, floor: [{ mode: 'degraded' as const, share: 0.5 }, ...others] };
    expect(first?.share).toBe(0.4);
    expect(refused(south, { breakGlass: [stricter] })[0]).toContain('FD-201');
    expect(refused(south, { breakGlass: [{ ...waiver, untilMs: waiver.untilMs - 1 }] })[0]).toContain('FD-201');
  });

  test('is none at all where the plan keeps its floors without', () => {
    const asked = { breakGlass: [{ service: 'tills' }, { service: 'calls', untilMs: hourMs }] };
    expect(planned(['desktops'], asked).digest).toBe(planned(['desktops']).digest);
  });

  test('it stands under the digest, and a plan without one is as it always was', () => {
    const plain = planned(['desktops']);
    expect('waivers' in plain.header).toBe(false);
    const wide = { service: 'tills', floor: [{ mode: 'degraded' as const, share: 0.5 }], untilMs: hourMs };
    const waived = planned(['desktops'], { breakGlass: [wide] });
    expect(waived.digest).not.toBe(plain.digest);
    expect(differences(plain.header, waived.header)).toEqual(['waiver of tills is new']);
    const longer = planned(['desktops'], { breakGlass: [{ ...wide, untilMs: 2 * hourMs }] });
    expect(differences(waived.header, longer.header)).toEqual([
      'waiver of tills: 50% degraded, 100% of island manual for 2 h, instead of 50% degraded, 100% of island manual for 1 h',
    ]);
  });
});

describe('a waiver with numbers', () => {
  test('lowers the floors of the sites it names, and leaves those of other tiers', () => {
    const asked = { service: 'tills', floor: [{ mode: 'degraded' as const, share: 0.3 }] };
    expect(planned(south, { breakGlass: [asked] }).header.waivers).toEqual([
      {
        service: 'tills',
        floor: [
          { mode: 'degraded', share: 0.3 },
          { mode: 'manual', share: 1, tier: 'island' },
        ],
        untilMs: 4 * hourMs,
      },
    ]);
  });

  test('that is not low enough is refused for the floor it leaves', () => {
    const asked = { service: 'tills', floor: [{ mode: 'degraded' as const, share: 0.5 }] };
    expect(refused(south, { breakGlass: [asked] })).toEqual([
      'FD-201 stage cut, wave 2 would take tills below its floor.',
      'floor: 50% of 10 sites, degraded or better, as waived for 4 h',
      'would be: 40%: south-spare loses its only host',
      'and: south loses its only host',
      'in scope: south-spare, because stage cut selects it by systems',
      'in scope: south, because stage cut selects it by systems',
    ]);
  });

  test('that ends before what is contained is due back is refused: from then on the real floor counts', () => {
    expect(refused(south, { breakGlass: [{ service: 'tills', untilMs: hourMs }], releaseBy: 'P3D' })).toEqual([
      'FD-201 stage cut, wave 2 would take tills below its floor.',
      'floor: 90% of 10 sites, degraded or better',
      'when: 1 h after the start: its waiver ends; tier rest is due back 3 d after it',
      'would be: 40%: south-spare loses its only host',
      'and: south loses its only host',
      'in scope: south-spare, because stage cut selects it by systems',
      'in scope: south, because stage cut selects it by systems',
    ]);
  });

  test('waives nothing of any other service', () => {
    expect(refused([...south, 'phones'], { breakGlass: [{ service: 'tills' }] })[0]).toBe(
      'FD-201 stage cut, wave 1 would take calls below its floor.',
    );
  });
});

describe('glass can be broken only where there is a floor to waive, and somebody to sign', () => {
  test.each<[string, WaiverRequest, RegExp]>([
    ['a service that is not protected', { service: 'desk' }, /^FD-212.*not protected/s],
    [
      'no time, where floors hold all along',
      { service: 'calls', floor: [{ mode: 'normal', share: 0.5 }] },
      /^FD-212.*hold all along by themselves/s,
    ],
    [
      'as much as the floor',
      { service: 'tills', floor: [{ mode: 'degraded', share: 0.9 }] },
      /^FD-212.*nothing is lowered/s,
    ],
    [
      'more than the floor',
      { service: 'tills', floor: [{ mode: 'normal', share: 0.5 }] },
      /^FD-212.*no less than a floor it has/s,
    ],
    ['no service at all', { service: 'tilsl' }, /^FD-102.*no such service/s],
    [
      'a tier without a floor',
      { service: 'tills', floor: [{ tier: 'islands', mode: 'manual', share: 0.5 }] },
      /^FD-102.*no floor of that tier/s,
    ],
  ])('%s is refused', (_what, request, words) => {
    expect(refused(['desktops'], { breakGlass: [request] }).join('\n')).toMatch(words);
  });

  test('a service asked for twice is refused', () => {
    const twice = [{ service: 'tills' }, { service: 'tills' }];
    expect(refused(south, { breakGlass: twice })[0]).toContain('twice');
  });

  test('nobody to break it, not counting the starter, is refused; and nobody to review it', () => {
    const few = shops({
      people: [
        { id: 'ada@example.org', roles: ['ir-lead', 'break-glass'] },
        { id: 'dee@example.org', roles: ['break-glass'] },
      ],
    });
    const found = refused(south, { estate: few, breakGlass: [{ service: 'tills' }] });
    expect(found.filter((line) => line.startsWith('FD-'))).toEqual([
      'FD-204 the roster cannot fill gate start/break-glass: 1 break-glass missing.',
      'FD-204 the roster cannot fill gate close/review: 1 break-glass missing.',
    ]);
  });

  test('what must never be touched is not touched for a waiver', () => {
    const forbidden = shops({ neverTouch: ['system:south'] });
    expect(refused(south, { estate: forbidden, breakGlass: [{ service: 'tills' }] })[0]).toContain('FD-202');
  });
});

describe('the repair "break glass"', () => {
  const repairs = (...asked: Parameters<typeof cut>) => {
    const answer = cut(...asked);
    return answer.kind === 'plan' ? [] : answer.refusals.flatMap((refusal) => refusal.repairs);
  };

  test('comes last, says how far and how long, and plans clean when taken', () => {
    const [last] = repairs([...south, 'phones'], {}).slice(-1);
    expect(last).toEqual({
      kind: 'break-glass',
      words: 'break glass for 4 h: 2 break-glass, a reason, a review',
      flags: '--break-glass calls --break-glass tills',
      result: 'calls down; tills normal or better at 40%',
    });
    const breakGlass = [{ service: 'calls' }, { service: 'tills' }];
    expect(planned([...south, 'phones'], { breakGlass }).header.waivers).toHaveLength(2);
  });

  test('is not offered where it would not be clean: nobody to sign, or something never to be touched', () => {
    const withGlass = (own: Estate): boolean =>
      repairs(south, { estate: own }).some(({ kind }) => kind === 'break-glass');
    expect(withGlass(shops())).toBe(true);
    expect(withGlass(shops({ people: people.slice(0, 3) }))).toBe(false);
    expect(withGlass(shops({ neverTouch: ['system:south'] }))).toBe(false);
  });

  test('widens a waiver that was too narrow', () => {
    const narrow = { service: 'tills', floor: [{ mode: 'degraded' as const, share: 0.5 }] };
    expect(repairs(south, { breakGlass: [narrow] }).at(-1)).toMatchObject({ flags: '--break-glass tills' });
  });
});
