import { describe, expect, test } from 'vitest';
import type { Estate } from '../../model/estate.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { Refusal } from '../../model/refusal.ts';
import { refusal as refusalSchema } from '../../model/refusal.ts';
import type { PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { liveOf } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { attack, retail, sha256, shutBackOffice } from './retail.ts';
import { flagsOf } from '../helpers/repairs.ts';

function refused(parts: Partial<PlannerInputs>): readonly Refusal[] {
  const answer = compilePlan(attack(parts), sha256);
  const refusals = answer.kind === 'refused' ? answer.refusals : [];
  for (const each of refusals) refusalSchema.parse(each);
  return refusals;
}

function codes(parts: Partial<PlannerInputs>): readonly string[] {
  return refused(parts).map(({ code }) => code);
}

/** A refusal as text: its message, and each fact with the path it points at. */
function text({ code, message, facts }: Refusal): readonly string[] {
  const lines = facts.map(({ label, text: words, at }) => `${label}: ${words}${at ? ` @${at.path.join('.')}` : ''}`);
  return [`${code} ${message}`, ...lines];
}

type StageInput = Parameters<typeof playbook>[0]['stages'][number];
function oneStage(stage: Partial<StageInput> = {}, restore: Playbook['restore'] = { tiers: [] }): Playbook {
  const own = { name: 'cut', action: 'aws.ec2.isolate' as const, on: { systems: ['directory'] }, ...stage };
  return playbook({ parameters: {}, stages: [own], restore });
}
const alone = (stage?: Partial<StageInput>, restore?: Playbook['restore']): Partial<PlannerInputs> => ({
  playbook: oneStage(stage, restore),
  parameters: {},
});

describe('FD-201', () => {
  test('names wave, floor, what would be left, what brought it in, and repairs that were planned', () => {
    const [found, ...others] = refused({});
    expect(others).toEqual([]);
    expect(found && text(found)).toEqual([
      'FD-201 stage cut-off, wave 5 would take store-tills below its floor.',
      'floor: 95% of 2,310 sites, degraded or better @services.0.floor.0',
      'would be: 0%: till-gateway keeps 0 of 3 hosts and needs 2 @systems.3.capacity.hosts',
      'and: till-gateway-spare loses its only host @systems.4',
      'in scope: till-gateway, because directory reaches it @systems.1.reaches.1',
      'in scope: till-gateway-spare, because directory reaches it @systems.1.reaches.2',
    ]);
    expect(found?.repairs).toEqual([
      {
        kind: 'leave-out',
        words: 'leave out till-gateway',
        flags: '--except till-gateway',
        result: 'store-tills stays normal',
      },
      {
        kind: 'leave-out',
        words: 'cut till-gateway but not till-gateway-spare',
        flags: '--except till-gateway-spare',
        result: 'store-tills degraded everywhere',
      },
    ]);
  });

  test('names a principal that takes the service with it, and the stage that selects it', () => {
    const own = estate({
      principals: [{ id: 'aws.iam.user:retail/link' }],
      systems: [system('link', { uses: ['aws.iam.user:retail/link'] }), system('other')],
      services: [service('tills', { modes: { normal: { needs: 'link' } } })],
    });
    const stage = { action: 'aws.iam.contain' as const, on: { principals: ['aws.iam.user:retail/link'] } };
    const [found] = refused({ ...alone(stage), estate: own, live: liveOf(own) });
    expect(found && text(found)).toEqual([
      'FD-201 stage cut, wave 1 would take tills below its floor.',
      'floor: 100% of 10 sites, normal @services.0.floor.0',
      'would be: 0%: link loses aws.iam.user:retail/link, which it uses @systems.0.uses.0',
      'in scope: aws.iam.user:retail/link, which link uses, because stage cut selects it by principals @stages.0.on.principals',
    ]);
    // Without the link nothing is left to contain: no repair is clean.
    expect(found?.repairs).toEqual([]);
  });

  test('each service is refused once, at its first breach', () => {
    const own = estate({
      systems: [system('a'), system('b')],
      services: ['one', 'two'].map((name) =>
        service(name, { modes: { normal: { needs: name === 'one' ? 'a' : 'b' } } }),
      ),
    });
    const stage = { on: { systems: ['a', 'b'] }, waves: { size: 1 } };
    const found = refused({ ...alone(stage), estate: own, live: liveOf(own, { hosts: { a: 2 } }) });
    expect(found.map(({ message }) => message)).toEqual([
      'stage cut, wave 1 would take one below its floor.',
      'stage cut, wave 3 would take two below its floor.',
    ]);
  });

  test('a system that is down already is not held against the plan', () => {
    const own = retail();
    const live = liveOf(own, { hosts: { 'till-gateway': 3 } });
    const stopped = live.instances.map((each) =>
      /till-gateway/.test(each.id) ? { ...each, state: 'stopped' as const } : each,
    );
    expect(codes({ live: { ...live, instances: stopped } })).toEqual([]);
  });
});

describe('repairs', () => {
  const names = ['a', 'b', 'c', 'd'];
  const wide = (atLeast: number): Partial<PlannerInputs> => {
    const needs = { atLeast, of: names };
    const own = estate({
      systems: [...names, 'free'].map((name) => system(name)),
      services: [service('tills', { modes: { normal: { needs } } })],
    });
    return { ...alone({ on: { systems: [...names, 'free'] } }), estate: own, live: liveOf(own) };
  };

  test('are as small as can be: one, then two, and at most three of them', () => {
    const flags = (atLeast: number): unknown => refused(wide(atLeast))[0]?.repairs.map(flagsOf);
    expect(flags(1)).toEqual(['--except a', '--except b', '--except c']);
    expect(flags(2)).toEqual(['--except a,b', '--except a,c', '--except a,d']);
    expect(flags(3)).toEqual(['--except b,c,d', '--except a,b,c']);
    expect(flags(4)).toEqual(['--except a,b,c,d']);
  });

  test('are not offered while something speaks against the plan that no plan cures', () => {
    const own = { ...retail(), people: retail().people.filter(({ roles }) => !roles.includes('platform')) };
    const found = refused({ estate: own });
    expect(found.map(({ code, repairs }) => [code, repairs.length])).toEqual([
      ['FD-201', 0],
      ['FD-204', 0],
    ]);
  });
});

test('FD-102: every name that means nothing, each with what was expected', () => {
  const book = playbook({
    parameters: {
      compromised: { type: 'systems' as const, required: true },
      spare: { type: 'systems' as const, default: ['nowhere'] },
    },
    stages: [
      { name: 'cut', action: 'aws.ec2.isolate', on: { systems: '$other', zone: 'moon', except: ['ghost'] } },
      { name: 'keys', action: 'aws.iam.contain', on: { principals: ['aws.iam.user:retail/nobody'] } },
    ],
    restore: { tiers: [{ name: 'first', systems: ['ghost'] }] },
  });
  const found = refused({ playbook: book, parameters: { extra: ['directory'] }, except: ['tils'] });
  expect(found.every(({ code }) => code === 'FD-102')).toBe(true);
  expect(found.map((each) => `${each.message} ${each.facts[0]?.at?.path.join('.') ?? ''}`.trim())).toEqual([
    'parameter compromised is required and was not given.',
    'the playbook has no parameter extra.',
    'parameter spare names nowhere, and the estate has no such system.',
    '--except names tils, and the estate has no such system.',
    'the playbook refers to $other, which is no parameter of it. stages.0.on.systems',
    'the playbook names ghost, and the estate has no such system. stages.0.on.except',
    'the playbook names zone moon, and no system is in it. stages.0.on.zone',
    'the playbook names aws.iam.user:retail/nobody, and the estate has no such principal. stages.1.on.principals',
    'the playbook names ghost, and the estate has no such system. restore.tiers.0.systems',
  ]);
});

test('FD-102: a parameter named like something every object has is just a parameter', () => {
  const book = playbook({
    parameters: { constructor: { type: 'systems' as const, required: true } },
    stages: [{ name: 'cut', action: 'aws.ec2.isolate', on: { systems: '$constructor' } }],
  });
  expect(refused({ playbook: book, parameters: {} }).map(({ message }) => message)).toEqual([
    'parameter constructor is required and was not given.',
  ]);
  expect(codes({ playbook: book, parameters: { constructor: ['directory'] } })).toEqual([]);
});

describe('FD-202', () => {
  const forbidding = (...neverTouch: Estate['neverTouch']): Estate => ({ ...retail(), neverTouch });

  test('a principal, by name', () => {
    const stage = { action: 'aws.iam.contain' as const, on: { principalsOf: ['directory', 'call-centre-vdi'] } };
    const [found] = refused({
      ...alone(stage),
      estate: forbidding('system:temporal', 'aws.iam.role:retail/vdi-fleet'),
    });
    expect(found && text(found)).toEqual([
      'FD-202 stage cut would touch aws.iam.role:retail/vdi-fleet, which must never be touched.',
      'forbidden: aws.iam.role:retail/vdi-fleet @neverTouch.1',
      'found: aws.iam.role:retail/vdi-fleet @stages.0.on',
    ]);
    expect(found?.repairs.map(flagsOf)).toEqual(['--except call-centre-vdi']);
  });

  test('the hosts of a system, for any action; what it uses, where the action takes it away', () => {
    const own = forbidding('system:directory');
    const stage = (action: 'aws.ec2.snapshot' | 'aws.iam.contain', on: StageInput['on']): Partial<PlannerInputs> => ({
      ...alone({ action, on }),
      estate: own,
    });
    expect(codes(stage('aws.ec2.snapshot', { systems: ['directory'] }))).toEqual(['FD-202']);
    expect(codes(stage('aws.iam.contain', { principalsOf: ['directory'] }))).toEqual(['FD-202']);
    expect(codes(stage('aws.ec2.snapshot', { systems: ['card-link'] }))).toEqual([]);
  });

  test('a host that such a system claims too', () => {
    const own = estate({
      systems: [
        system('front'),
        system('temporal', { controls: [{ 'aws.ec2': { account: 'retail', tag: { system: 'front' } } }] }),
      ],
      neverTouch: ['system:temporal'],
    });
    expect(codes({ ...alone({ on: { systems: ['front'] } }), estate: own, live: liveOf(own) })).toEqual(['FD-202']);
  });
});

describe('FD-203', () => {
  const asking = (leastQuorum: Estate['leastQuorum'], authority: Estate['authority'] = {}): Partial<PlannerInputs> => ({
    ...alone(),
    estate: { ...retail(), leastQuorum, authority },
  });
  const approve = (quorum: Record<string, number>): Partial<PlannerInputs> => ({
    ...asking({ down: { 'ir-lead': 1, platform: 1 } }),
    playbook: oneStage({ approve: { quorum } }),
  });

  test('a stage without approve needs a start that covers it', () => {
    const [found] = refused(asking({ down: { 'ir-lead': 1, platform: 1 } }));
    expect(found && text(found)).toEqual([
      'FD-203 stage cut asks fewer people than the estate demands for the effect down.',
      "found: no approve block: the start's 1 ir-lead @stages.0",
      'at least: 1 ir-lead and 1 platform @leastQuorum.down',
    ]);
    expect(codes(asking({ down: { 'ir-lead': 1 } }))).toEqual([]);
    expect(codes(asking({ principal: { platform: 2 } }))).toEqual([]);
    expect(codes(asking({ down: { platform: 1 } }, { start: { platform: 1 } }))).toEqual([]);
  });

  test('a gate may ask for more, never for less', () => {
    expect(codes(approve({ platform: 1 }))).toEqual(['FD-203']);
    expect(codes(approve({ 'ir-lead': 1, platform: 1 }))).toEqual([]);
  });
});

describe('FD-204', () => {
  const staffed = (people: Estate['people'], quorum: Record<string, number>): Partial<PlannerInputs> => ({
    playbook: oneStage({ approve: { quorum } }),
    parameters: {},
    estate: { ...retail(), people },
  });
  const ada = { id: 'ada@example.org', roles: ['ir-lead', 'platform'] };
  const bo = { id: 'bo@example.org', roles: ['platform'] };

  test('the starter fills no seat', () => {
    const [found] = refused(staffed([ada, bo], { 'ir-lead': 1, platform: 1 }));
    expect(found && text(found)).toEqual([
      'FD-204 the roster cannot fill gate cut: 1 ir-lead missing.',
      'asks for: 1 ir-lead and 1 platform @stages.0.approve.quorum',
      'not counted: ada@example.org, or whoever else starts the incident @people',
    ]);
    expect(codes(staffed([ada, bo], { platform: 1 }))).toEqual([]);
  });

  test('one starter who leaves enough people is enough', () => {
    const cy = { id: 'cy@example.org', roles: ['ir-lead'] };
    expect(codes(staffed([ada, cy], { platform: 1 }))).toEqual([]);
    expect(codes(staffed([ada, cy], { platform: 2 }))).toEqual(['FD-204']);
  });

  test('somebody must be able to start', () => {
    expect(refused(staffed([bo], { platform: 1 })).map(({ message }) => message)).toEqual([
      'nobody in the roster may start an incident.',
    ]);
  });

  test('restore gates count too, but not those of tiers with nothing to give back', () => {
    const tier = (systems: string[]): Playbook['restore'] => ({
      tiers: [{ name: 'first', systems, gate: [], approve: { quorum: { forensics: 1 } } }],
    });
    expect(refused(alone({}, tier(['directory']))).map(({ message }) => message)).toEqual([
      'the roster cannot fill gate restore/first: 1 forensics missing.',
    ]);
    expect(codes(alone({}, tier(['card-link'])))).toEqual([]);
  });
});

test('FD-205: a stage with nothing to act on, and what was left out', () => {
  const [found] = refused({ ...alone(), except: ['directory'] });
  expect(found && text(found)).toEqual([
    'FD-205 stage cut has nothing to act on.',
    'found: no live target; left out: directory @stages.0.on',
    'expected: at least one instance of a system for aws.ec2.isolate',
  ]);
});

describe('FD-206', () => {
  const on = { systems: ['call-centre-vdi', 'directory'] };
  const tiers = (...lists: readonly string[][]): Playbook['restore'] => ({
    tiers: lists.map((systems, index) => ({ name: `t${index + 1}`, systems, gate: [] })),
  });

  test('a tier before what it needs is refused, also where that is in no tier', () => {
    const [found] = refused(alone({ on }, tiers(['call-centre-vdi'], ['directory'])));
    expect(found && text(found)).toEqual([
      'FD-206 restore tier t1 stands before what it needs.',
      'found: call-centre-vdi needs directory, which tier t2 gives back later @restore.tiers.0.systems',
      'expected: directory in tier t1 or before it',
    ]);
    const [rest] = refused(alone({ on }, tiers(['call-centre-vdi'])));
    expect(rest?.facts[0]?.text).toBe('call-centre-vdi needs directory, which tier rest gives back later');
  });

  test('needs first, or in one tier, is fine; so is a need that nothing contains', () => {
    expect(codes(alone({ on }, tiers(['directory'], ['call-centre-vdi'])))).toEqual([]);
    expect(codes(alone({ on }, tiers(['call-centre-vdi', 'directory'])))).toEqual([]);
    expect(codes(alone({ on: { systems: ['call-centre-vdi'] } }, tiers(['call-centre-vdi'], ['directory'])))).toEqual(
      [],
    );
  });

  test('an alternative that is not contained is enough; a need of a need is found', () => {
    const own = (needs: Parameters<typeof system>[1]): Estate =>
      estate({
        systems: [system('app', needs), system('middle', { needs: 'base' }), system('base'), system('spare')],
      });
    const ask = (needs: Parameters<typeof system>[1]): readonly Refusal[] =>
      refused({
        ...alone({ on: { systems: ['app', 'base'] } }, tiers(['app'], ['base'])),
        estate: own(needs),
        live: liveOf(own(needs)),
      });
    expect(ask({ needs: { atLeast: 1, of: ['base', 'spare'] } })).toEqual([]);
    expect(ask({ needs: 'middle' })[0]?.facts[0]?.text).toBe('app needs base, which tier t2 gives back later');
  });
});

test('FD-208: targets an action cannot work on, and the way out', () => {
  const stage = { action: 'aws.iam.rotateKey' as const, on: { principalsOf: ['directory', 'call-centre-vdi'] } };
  const [found] = refused(alone(stage));
  expect(found && text(found)).toEqual([
    'FD-208 aws.iam.rotateKey of stage cut does not fit 1 of its targets.',
    'unfit: aws.iam.role:retail/vdi-fleet: a role has no access keys @stages.0.on',
  ]);
  expect(found?.repairs.map(flagsOf)).toEqual(['--except call-centre-vdi']);
});

test('everything that speaks against a plan is told at once, in the order of codes', () => {
  const own = {
    ...retail(),
    neverTouch: ['system:directory'],
    leastQuorum: { principal: { platform: 1 } },
    people: [],
  };
  const empty = { name: 'empty', action: 'aws.ec2.stop' as const, on: { systems: ['nothing-runs'] } };
  const book = shutBackOffice();
  const stages = [...book.stages, { ...empty, on: { systems: ['card-link'], except: ['card-link'] } }];
  expect(codes({ estate: own, playbook: { ...book, stages } })).toEqual([
    'FD-201',
    'FD-202',
    'FD-202',
    'FD-202',
    'FD-203',
    'FD-204',
    'FD-205',
  ]);
});
