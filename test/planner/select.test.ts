import { expect, test } from 'vitest';
import { actions } from '../../model/actions/index.ts';
import type { ActionName } from '../../model/actions/names.ts';
import type { Selector } from '../../model/playbook.ts';
import { claimInstances, notRunning, unknownsOf } from '../../planner/claims.ts';
import { select } from '../../planner/select.ts';
import { containedBy, principalUsers, targetsOf } from '../../planner/targets.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { instance, liveOf, runningWith } from '../helpers/live-builder.ts';

const fleet = 'aws.iam.role:retail/fleet';
const sync = 'aws.iam.user:retail/sync';
const gone = 'aws.iam.user:retail/gone';
const own = estate({
  principals: [{ id: fleet, opens: ['vault'] }, { id: sync, secret: 'sync-key' }, { id: gone }],
  systems: [
    system('desk', { zone: 'office', uses: [fleet, gone] }),
    system('files', { zone: 'office', uses: [fleet, sync], reaches: ['desk'] }),
    system('vault'),
    system('all-of-vault', { controls: [{ 'aws.ec2': { account: 'retail', tag: { tier: 'vault' } } }] }),
  ],
});
const base = liveOf(own, {
  hosts: { 'all-of-vault': 0 },
  more: [
    instance('i-both', 'vault', { tags: { system: 'vault', tier: 'vault' } }),
    instance('i-dead', 'desk', { state: 'terminated' }),
    instance('i-dying', 'desk', { state: 'shutting-down' }),
    instance('i-stopped', 'desk', { state: 'stopped' }),
    instance('i-other-account', 'desk', { account: 'elsewhere' }),
    instance('i-stray', 'nobody'),
  ],
});
const live = { ...base, principals: base.principals.filter(({ id }) => id !== gone) };
const claims = claimInstances(own, live);
const context = { estate: own, live, claims, usersOf: principalUsers(own.systems) };

function ids(action: ActionName, on: Selector, except: readonly string[] = []): readonly string[] {
  const selection = select(on, { estate: own, parameters: { hit: ['desk'] }, except });
  return targetsOf(actions[action], selection, context).map(({ target }) => target.id);
}

test.each<[string, ActionName, Selector, readonly string[]]>([
  [
    'systems: hosts that are alive, stopped ones too',
    'aws.ec2.isolate',
    { systems: ['desk'] },
    ['i-desk-1', 'i-stopped'],
  ],
  ['a parameter', 'aws.ec2.isolate', { systems: '$hit' }, ['i-desk-1', 'i-stopped']],
  ['zone', 'aws.ec2.isolate', { zone: 'office' }, ['i-desk-1', 'i-files-1', 'i-stopped']],
  ['tag: of claimed instances', 'aws.ec2.isolate', { tag: { key: 'system', value: 'files' } }, ['i-files-1']],
  ['tag: never of unclaimed ones', 'aws.ec2.isolate', { tag: { key: 'system', value: 'nobody' } }, []],
  [
    'reachableFrom: itself, and through principals',
    'aws.ec2.isolate',
    { reachableFrom: '$hit' },
    ['i-both', 'i-desk-1', 'i-stopped', 'i-vault-1'],
  ],
  [
    'keys add up',
    'aws.ec2.isolate',
    { systems: ['files'], tag: { key: 'tier', value: 'vault' } },
    ['i-both', 'i-files-1'],
  ],
  ['except goes last', 'aws.ec2.isolate', { zone: 'office', except: '$hit' }, ['i-files-1']],
  [
    'except wins on a host claimed twice',
    'aws.ec2.isolate',
    { systems: ['vault'], except: ['all-of-vault'] },
    ['i-vault-1'],
  ],
  ['principalsOf: those that exist', 'aws.iam.contain', { principalsOf: ['desk'] }, [fleet]],
  ['principals by id', 'aws.iam.contain', { principals: [sync] }, [sync]],
  ['reachableFrom: what reached systems use', 'aws.iam.contain', { reachableFrom: ['files'] }, [fleet, sync]],
  ['systems give no principals', 'aws.iam.contain', { systems: ['files'] }, []],
  ['principals give no hosts', 'aws.ec2.isolate', { principalsOf: ['files'] }, []],
  [
    'except keeps a principal that a left-out system uses',
    'aws.iam.contain',
    { principalsOf: ['files'], except: ['desk'] },
    [sync],
  ],
])('%s', (...[, action, on, expected]) => {
  expect(ids(action, on).toSorted()).toEqual(expected);
});

test('what the request leaves out is left out of every selector', () => {
  expect(ids('aws.ec2.isolate', { zone: 'office' }, ['files'])).toEqual(['i-desk-1', 'i-stopped']);
});

test('a target carries its systems, its state before, and the calls it costs', () => {
  const on = { principals: [sync], tag: { key: 'tier', value: 'vault' } };
  const selection = select(on, { estate: own, parameters: {}, except: [] });
  expect(targetsOf(actions['aws.ec2.isolate'], selection, context)[0]?.target).toEqual({
    kind: 'instance',
    id: 'i-both',
    account: 'retail',
    region: 'eu-west-2',
    systems: ['all-of-vault', 'vault'],
    calls: 2,
    before: {
      state: 'running',
      interfaces: [{ id: 'eni-i-both', vpc: 'vpc-1', groups: ['sg-app'] }],
      volumes: ['vol-i-both'],
    },
  });
  expect(targetsOf(actions['aws.iam.rotateKey'], selection, context)[0]?.target).toMatchObject({
    kind: 'principal',
    account: 'retail',
    region: 'eu-west-2',
    systems: ['files'],
    secret: 'sync-key',
  });
});

test('an action that does not fit says why', () => {
  const selection = select({ principals: [fleet] }, { estate: own, parameters: {}, except: [] });
  expect(targetsOf(actions['aws.iam.rotateKey'], selection, context)[0]?.unfit).toBe('a role has no access keys');
});

test('only actions with an effect put targets into C', () => {
  const selection = select({ systems: ['desk'], principals: [sync] }, { estate: own, parameters: {}, except: [] });
  const added = (action: ActionName): unknown =>
    containedBy(
      actions[action],
      targetsOf(actions[action], selection, context).map(({ target }) => target),
    );
  expect(added('aws.ec2.isolate')).toEqual({ hosts: new Set(['i-desk-1', 'i-stopped']), principals: new Set() });
  expect(added('aws.iam.rotateKey')).toEqual({ hosts: new Set(), principals: new Set([sync]) });
  expect(added('aws.ec2.snapshot')).toEqual({ hosts: new Set(), principals: new Set() });
});

test('hosts that do not run count as contained', () => {
  expect([...notRunning(live).hosts].toSorted()).toEqual(['i-dead', 'i-dying', 'i-stopped']);
});

test('what the estate does not know: roles of running hosts that no principal or no system lists', () => {
  const stray = 'aws.iam.role:retail/stray';
  const more = [
    instance('i-nobody', 'nobody', { role: runningWith(stray) }),
    instance('i-known-role', 'nobody', { role: runningWith(fleet) }),
    instance('i-asleep', 'files', { state: 'stopped', role: runningWith('aws.iam.role:retail/asleep') }),
  ];
  const roles = { desk: [fleet], files: [stray], vault: [fleet, fleet] };
  const seen = liveOf(own, { hosts: { vault: 3 }, roles, more });
  expect(unknownsOf(own, seen, claimInstances(own, seen)).unlistedRoles).toEqual([
    { role: fleet, isPrincipal: true, hosts: 2, systems: ['vault'] },
    { role: stray, isPrincipal: false, hosts: 2, systems: ['files'] },
  ]);
});

test('what the estate does not know: unclaimed and running, claimed twice, protected without a probe', () => {
  const probed = { normal: { probe: { tcp: { port: 80 } } } };
  const services = [service('blind'), service('seen', { modes: probed }), service('open', { protected: false })];
  expect(unknownsOf({ ...own, services: estate({ services }).services }, live, claims)).toEqual({
    unclaimedInstances: ['i-other-account', 'i-stray'],
    claimedTwice: [{ id: 'i-both', systems: ['all-of-vault', 'vault'] }],
    servicesWithoutProbe: ['blind'],
    unlistedRoles: [],
  });
});
