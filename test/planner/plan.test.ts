import { describe, expect, test } from 'vitest';
import type { Plan } from '../../model/plan.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { attack, retail, sha256, shutBackOffice } from './retail.ts';

function planned(parts: Partial<PlannerInputs> = {}): Plan {
  const answer = compilePlan(attack({ except: ['till-gateway'], ...parts }), sha256);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals));
  return answer.plan;
}

function targetsOf(plan: Plan, name: string): readonly (readonly string[])[] {
  const waves = [...plan.header.stages, ...plan.header.tiers].find((each) => each.name === name)?.waves ?? [];
  return waves.map(({ chunk }) => {
    const content = plan.chunks[chunk];
    return content?.kind === 'release' ? content.targets : (content?.targets.map(({ id }) => id) ?? []);
  });
}

describe('the plan of a small attack', () => {
  const plan = planned();
  const { header } = plan;

  test('lists stages, waves and gates', () => {
    const shown = header.stages.map(({ name, gate, undo, waves }) => [
      name,
      gate?.quorum,
      gate?.withinMs,
      undo,
      waves.map(({ index, canary, targets, calls }) => [index, canary, targets, calls]),
    ]);
    expect(shown).toEqual([
      ['credentials', undefined, undefined, 'exact', [[1, false, 2, 4]]],
      [
        'cut-off',
        { 'ir-lead': 1, platform: 1 },
        600_000,
        'exact',
        [
          [1, true, 1, 2],
          [2, false, 7, 14],
          [3, false, 7, 14],
          [4, false, 7, 14],
          [5, false, 3, 6],
        ],
      ],
      ['evidence', undefined, undefined, 'kept', [[1, false, 23, 23]]],
    ]);
  });

  test('contains dependents first', () => {
    const cut = targetsOf(plan, 'cut-off').flat();
    expect(cut.findLastIndex((id) => id.startsWith('i-call-centre'))).toBeLessThan(cut.indexOf('i-directory-1'));
  });

  test('gives back tier by tier, principals first, the rest last, and nothing of what is kept', () => {
    expect(header.tiers.map(({ name, systems, probe, gate }) => [name, systems, probe, gate])).toEqual([
      ['identity', ['directory'], true, { id: 'restore/identity', quorum: { 'ir-lead': 1 }, attest: ['rebuilt'] }],
      ['people', ['call-centre-vdi'], false, undefined],
      ['rest', ['member-data', 'till-gateway-spare'], false, undefined],
    ]);
    expect(targetsOf(plan, 'identity')).toEqual([
      ['aws.iam.user:retail/directory-sync', 'i-directory-1', 'i-directory-2', 'i-directory-3'],
    ]);
    expect(targetsOf(plan, 'people')[0]).toEqual(['aws.iam.role:retail/vdi-fleet']);
    expect(targetsOf(plan, 'rest')).toEqual([['i-member-data-1', 'i-till-gateway-spare-1']]);
  });

  test('says what services come to, and after which wave', () => {
    expect(header.services.map(({ name, worst, touched, course }) => [name, worst, touched, course])).toEqual([
      ['call-centre', { mode: 'down', share: 0 }, true, [{ stage: 'credentials', wave: 1, mode: 'down', share: 0 }]],
      ['store-tills', { mode: 'normal', share: 1 }, false, []],
    ]);
  });

  test('sums up what it touches, who decides, and what it needs', () => {
    expect(header.touches).toEqual([{ account: 'retail', region: 'eu-west-2', instances: 25, users: 1, roles: 1 }]);
    expect(header.compromised).toEqual(['call-centre-vdi', 'directory']);
    expect(header.roster.people.map(({ id }) => id)).toEqual(['ada@example.org', 'bo@example.org', 'cy@example.org']);
    expect(header.permissions).toEqual([...new Set(header.permissions)].toSorted());
    expect(header.permissions).toContain('iam:UpdateAccessKey');
  });
});

test('many targets take the time their bucket takes, and a release half of it', () => {
  const plan = planned({ live: liveOf(retail(), { hosts: { 'call-centre-vdi': 300, 'till-gateway': 3 } }) });
  const [, cut] = plan.header.stages;
  expect(cut?.waves.map(({ calls, atLeastMs }) => [calls, atLeastMs])).toEqual([
    [2, 0],
    [152, 10_400],
    [152, 10_400],
    [152, 10_400],
    [148, 9600],
  ]);
  expect(plan.header.atLeastMs).toBe(101_200);
  expect(plan.header.backAgainMs).toBe(40_600);
});

test('a service that falls by stages has its course', () => {
  const on = { systems: ['card-link'] };
  const stages = [
    { name: 'card', action: 'aws.ec2.isolate' as const, on },
    { name: 'kept', action: 'aws.ec2.snapshot' as const, on },
  ];
  const plan = planned({ playbook: playbook({ parameters: {}, stages }), parameters: {}, except: [] });
  expect(plan.header.services[1]).toMatchObject({
    worst: { mode: 'degraded', share: 1 },
    touched: true,
    course: [{ stage: 'card', wave: 1, mode: 'degraded', share: 1 }],
  });
});

test('the digest moves with every input', () => {
  const live = liveOf(retail(), { hosts: { 'call-centre-vdi': 21, 'till-gateway': 3, directory: 3 } });
  const estate = retail();
  const digests = [
    {},
    { live },
    { allowedSigners: 'ada@example.org ssh-ed25519 AAAA' },
    { revocations: '' },
    { revocations: 'c3NoLWVkMjU1MTk=' },
    { except: ['till-gateway', 'till-gateway-spare'] },
    { parameters: { compromised: ['directory'] } },
    { playbook: { ...shutBackOffice(), name: 'other' } },
    { estate: { ...estate, authority: { release: { 'ir-lead': 1, platform: 1 } } } },
    { estate: { ...estate, sites: { ...estate.sites, 'call-centre': [{ site: 'one', weight: 2 }] } } },
  ].map((parts) => planned(parts).digest);
  expect(new Set(digests).size).toBe(digests.length);
});

test('the same system twice, in any order, is the same plan', () => {
  const parameters = { compromised: ['directory', 'call-centre-vdi', 'directory'] };
  expect(planned({ parameters, except: ['till-gateway', 'till-gateway'] }).digest).toBe(planned().digest);
});

test('only what services need is carried in the slice', () => {
  expect(planned().slice.systems.map(({ name, capacity }) => [name, capacity])).toEqual([
    ['call-centre-vdi', 20],
    ['card-link', 1],
    ['directory', 3],
    ['till-gateway', 2],
    ['till-gateway-spare', 1],
  ]);
});

test('sites of equal weight are folded, and keep their hosts for TCP probes', () => {
  const estate = retail();
  const sites = [
    { site: 'c', weight: 1, host: '127.0.0.3' },
    { site: 'b', weight: 2 },
    { site: 'a', weight: 1, host: '127.0.0.1' },
    { site: 'd', weight: 1 },
  ];
  const { slice } = planned({ estate: { ...estate, sites: { ...estate.sites, 'store-tills': sites } } });
  expect(slice.services[1]?.classes).toEqual([
    { weight: 2, sites: ['b'] },
    { weight: 1, sites: ['a', 'c'], hosts: ['127.0.0.1', '127.0.0.3'] },
    { weight: 1, sites: ['d'] },
  ]);
});
