import { describe, expect, test } from 'vitest';
import type { Estate } from '../../model/estate.ts';
import type { Plan } from '../../model/plan.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { PlanAnswer } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { estate, service, sitesOf, system } from '../helpers/estate-builder.ts';
import type { LiveInstance } from '../../model/live.ts';
import { instance, liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { sha256 } from './retail.ts';

const shelvesEmpty = { on: 'stock-ordering', after: 'P2D', then: 'shelves empty' };

/** Tills run a day on offline cards; shelves are empty two days after stock ordering stops. */
const shops: Estate = estate({
  systems: [
    system('desktops', { needs: 'directory' }),
    system('directory'),
    system('stock-ordering', { needs: 'depot-link' }),
    system('depot-link'),
    system('till-gateway'),
  ],
  services: [
    service('store-tills', {
      floor: [
        { tier: 'lifeline', share: 1, mode: 'degraded' },
        { share: 0.75, mode: 'degraded' },
      ],
      modes: {
        normal: { needs: { all: ['till-gateway', shelvesEmpty] } },
        degraded: { needs: { all: [shelvesEmpty] }, for: 'PT24H', then: 'offline cards run out' },
      },
    }),
    service('call-centre', { protected: false, floor: [], modes: { normal: { needs: 'desktops' } } }),
  ],
  sites: {
    'store-tills': [
      { site: 'island', weight: 1, tier: 'lifeline' },
      ...sitesOf(9, 'store').map((site) => ({ ...site, needs: { degraded: ['directory'] } })),
    ],
  },
});

function cut(
  systems: readonly string[],
  times: Pick<Playbook, 'releaseBy'> & Partial<Playbook['restore']>,
): PlanAnswer {
  const { releaseBy, tiers = [] } = times;
  const book = playbook({
    parameters: {},
    releaseBy,
    stages: [{ name: 'cut', action: 'aws.ec2.isolate', on: { systems: [...systems] } }],
    restore: { tiers: [...tiers] },
  });
  const inputs = {
    estate: shops,
    playbook: book,
    parameters: {},
    except: [],
    narrow: [],
    live: liveOf(shops),
    allowedSigners: '',
  };
  return compilePlan(inputs, sha256);
}

function planned(...[systems, times]: Parameters<typeof cut>): Plan {
  const answer = cut(systems, times);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals, null, 1));
  return answer.plan;
}

function refusalOf(...[systems, times]: Parameters<typeof cut>): readonly string[] {
  const answer = cut(systems, times);
  if (answer.kind === 'plan') throw new Error('it was planned');
  return answer.refusals.flatMap(({ code, message, facts }) => [
    `${code} ${message}`,
    ...facts.map(({ label, text }) => `${label}: ${text}`),
  ]);
}

const hourMs = 3_600_000;

describe('a limit that runs out before what is contained is due back', () => {
  test('is a refusal that says when, what happens then, and when the tier is due', () => {
    const tier = { name: 'logistics', systems: ['stock-ordering', 'depot-link'], gate: [], releaseBy: 'PT72H' };
    expect(refusalOf(['depot-link'], { releaseBy: 'P3D', tiers: [tier] })).toEqual([
      'FD-201 stage cut, wave 1 would take store-tills below its floor.',
      'floor: 100% of 1 lifeline sites, degraded or better',
      'when: 2 d after the start: shelves empty; tier logistics is due back 3 d after it',
      'would be: 0%: depot-link loses its only host',
      'in scope: depot-link, because stage cut selects it by systems',
    ]);
  });

  test('also where a mode has run its time', () => {
    expect(refusalOf(['till-gateway'], { releaseBy: 'PT24H1S' })).toContain(
      'when: 1 d after the start: offline cards run out; tier rest is due back 1 d 1 s after it',
    );
    expect(planned(['till-gateway'], { releaseBy: 'PT24H' }).header.services).toMatchObject([
      { name: 'call-centre' },
      { name: 'store-tills', worst: { mode: 'degraded', share: 1 } },
    ]);
  });

  test('counts a floor over the sites of its tier alone, and the needs sites have of their own', () => {
    expect(refusalOf(['till-gateway', 'directory'], { releaseBy: 'PT1H' })).toContain(
      'floor: 75% of 10 sites, degraded or better',
    );
  });
});

describe('a limit that runs out later', () => {
  test('is shown as a clock: when, what happens, what it comes to, and which tier is due before', () => {
    const { header } = planned(['stock-ordering'], { releaseBy: 'PT47H' });
    expect(header.services.map(({ name, clock }) => [name, clock])).toEqual([
      ['call-centre', undefined],
      [
        'store-tills',
        {
          endsMs: 48 * hourMs,
          because: 'shelves empty',
          becomes: { mode: 'down', share: 0 },
          breaks: true,
          due: { tier: 'rest', releaseByMs: 47 * hourMs },
        },
      ],
    ]);
  });
});

test('within a tier what stops the earliest clock is given back first, but never before what it needs', () => {
  const names = ['desktops', 'directory', 'depot-link', 'stock-ordering', 'till-gateway'];
  const { header, chunks } = planned(
    names.filter((name) => name !== 'directory'),
    { releaseBy: 'PT23H' },
  );
  const order = header.tiers.flatMap(({ waves }) =>
    waves.flatMap(({ chunk }) => {
      const content = chunks[chunk];
      return content?.kind === 'release' ? content.targets : [];
    }),
  );
  expect(order).toEqual(['i-till-gateway-1', 'i-depot-link-1', 'i-stock-ordering-1', 'i-desktops-1']);
});

test('a host that does not run when planned is not back when its containment ends', () => {
  const own = estate({
    systems: [system('gateway'), system('spare')],
    services: [
      service('tills', {
        floor: [{ share: 1, mode: 'degraded' }],
        modes: { normal: { needs: { on: 'gateway', after: 'PT2H' } }, degraded: { needs: 'spare' } },
      }),
    ],
  });
  const asleep = instance('i-asleep', 'spare', { state: 'stopped' });
  const plan = (more: readonly LiveInstance[]): PlanAnswer =>
    compilePlan(
      {
        estate: own,
        playbook: playbook({
          parameters: {},
          releaseBy: 'PT3H',
          stages: [{ name: 'cut', action: 'aws.ec2.isolate', on: { systems: ['gateway', 'spare'] } }],
          restore: { tiers: [{ name: 'spare', systems: ['spare'], releaseBy: 'PT2H' }] },
        }),
        parameters: {},
        except: [],
        narrow: [],
        live: liveOf(own, { more }),
        allowedSigners: '',
      },
      sha256,
    );
  expect(plan([]).kind).toBe('plan');
  expect(plan([asleep])).toMatchObject({ kind: 'refused', refusals: [{ code: 'FD-201' }] });
});
