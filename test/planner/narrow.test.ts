import { describe, expect, it } from 'vitest';
import type { LiveReads } from '../../model/live.ts';
import type { Plan } from '../../model/plan.ts';
import type { Playbook } from '../../model/playbook.ts';
import type { PlanAnswer, PlannerInputs } from '../../planner/plan.ts';
import { compilePlan } from '../../planner/plan.ts';
import { estate, service, system } from '../helpers/estate-builder.ts';
import { instance, liveOf, runningWith } from '../helpers/live-builder.ts';
import { playbook } from '../helpers/playbook-builder.ts';
import { sha256 } from './retail.ts';

const fleet = 'aws.iam.role:retail/fleet';
const sync = 'aws.iam.user:retail/sync';
const people = 2_000;

/** Two compromised desktops run with the role of 2,000 tills; nobody listed it for the tills, and one host is nobody's. */
const own = estate({
  principals: [{ id: fleet }, { id: sync }],
  systems: [
    system('desktops', { uses: [fleet, sync] }),
    system('tills', { capacity: { hosts: 1_900 } }),
    system('cards', { needs: 'tills' }),
  ],
  services: [
    service('store-tills', { modes: { normal: { needs: { all: ['cards'] } } } }),
    service('call-centre', { protected: false, floor: [], modes: { normal: { needs: 'desktops' } } }),
  ],
});

function world(role = fleet): LiveReads {
  const roles = { desktops: [fleet, fleet], tills: Array.from({ length: people }, () => role) };
  const more = [instance('i-nobody', 'nobody', { role: runningWith(fleet) })];
  return liveOf(own, { hosts: { desktops: 2, tills: people }, roles, more });
}

const tillControls = own.systems.find(({ name }) => name === 'tills')?.controls ?? [];
const credentials = { name: 'credentials', action: 'aws.iam.contain' as const, on: { principalsOf: '$compromised' } };
const book = (...stages: Playbook['stages']): Playbook => playbook({ stages: [credentials, ...stages] });

function plan(parts: Partial<PlannerInputs> = {}): PlanAnswer {
  const common = { estate: own, playbook: book(), parameters: { compromised: ['desktops'] }, live: world() };
  return compilePlan({ ...common, except: [], narrow: [], allowedSigners: '', ...parts }, sha256);
}

function planned(parts: Partial<PlannerInputs> = {}): Plan {
  const answer = plan(parts);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals));
  return answer.plan;
}

function targetsIn({ header, chunks }: Plan): Readonly<Record<string, readonly string[]>> {
  const of = (chunk: string): readonly string[] => {
    const content = chunks[chunk];
    return content?.kind === 'contain' ? content.targets.map(({ id }) => id) : [];
  };
  return Object.fromEntries(header.stages.map(({ name, waves }) => [name, waves.flatMap(({ chunk }) => of(chunk))]));
}

const refusalsOf = (answer: PlanAnswer) => (answer.kind === 'refused' ? answer.refusals : []);
const narrow = ['credentials'];

describe('a role that many hosts run with', () => {
  it('is refused for what it would take down, and the narrower action is the first repair', () => {
    const [refusal] = refusalsOf(plan());
    expect(refusal?.code).toBe('FD-201');
    expect(refusal?.repairs[0]).toEqual({
      kind: 'narrower',
      words: 'take fleet from 2 compromised hosts alone',
      flags: '--narrow credentials',
      result: 'store-tills stays normal',
    });
  });

  it('narrowed, is taken from the compromised hosts by their sessions; what is not shared stays contained', () => {
    const made = planned({ narrow });
    expect(targetsIn(made)).toEqual({
      credentials: [sync],
      'credentials-sessions': ['i-desktops-1', 'i-desktops-2'],
    });
    expect(made.header.narrow).toEqual(['credentials']);
    expect(made.header.stages[1]).toMatchObject({ action: 'aws.iam.denySession', undo: 'exact', effect: 'principal' });
    expect(made.narrower).toEqual([]);
  });

  it('shows in a plan how many share its fate, by wave and stage, with the services that lean on them', () => {
    const spare = estate({ ...own, services: own.services.map((each) => ({ ...each, protected: false })) });
    const made = planned({ estate: spare });
    const [stage] = made.header.stages;
    const affected = { hosts: people + 3, services: ['call-centre', 'store-tills'] };
    expect(stage).toMatchObject({ affected, waves: [{ targets: 2, systems: ['desktops', 'tills'], affected }] });
    expect(made.narrower).toEqual([
      { stage: 'credentials', roles: [fleet], hosts: 2, spared: people + 1, flags: '--narrow credentials' },
    ]);
    expect(planned({ estate: spare, narrow }).header.stages.map((each) => each.affected.hosts)).toEqual([2, 2]);
  });

  it('counts the hosts of whoever is listed to use a user, and those of a host stage once', () => {
    const stages: Playbook['stages'] = [
      { name: 'cut', action: 'aws.ec2.isolate', on: { systems: '$compromised' }, waves: { size: 1 } },
      { name: 'evidence', action: 'aws.ec2.snapshot', on: { systems: '$compromised' } },
    ];
    const made = planned({ narrow, playbook: book(...stages) });
    expect(made.header.stages.map(({ name, affected }) => [name, affected.hosts])).toEqual([
      ['credentials', 2],
      ['credentials-sessions', 2],
      ['cut', 2],
      ['evidence', 0],
    ]);
    expect(made.header.stages[2]?.waves.map((wave) => wave.affected.hosts)).toEqual([1, 1]);
  });

  it('keeps the quorum of its stage, and the new stage has a gate of its own', () => {
    const approve = { quorum: { 'ir-lead': 1, platform: 1 }, within: 'PT10M', otherwise: 'deny' as const };
    const gated = playbook({ stages: [{ ...credentials, approve }] });
    const stages = planned({ narrow, playbook: gated }).header.stages;
    expect(stages.map(({ gate }) => [gate?.id, gate?.quorum])).toEqual([
      ['credentials', approve.quorum],
      ['credentials-sessions', approve.quorum],
    ]);
    const asked = playbook({ stages: [{ ...credentials, approve: { ...approve, quorum: { platform: 2 } } }] });
    const at = { document: 'playbook', path: ['stages', 0, 'approve', 'quorum'] };
    const facts = refusalsOf(plan({ narrow, playbook: asked })).flatMap((each) => each.facts);
    expect(facts.filter(({ label }) => label === 'asks for').map((fact) => fact.at)).toEqual([at, at]);
  });
});

describe('what cannot be narrowed', () => {
  const nothing = (parts: Partial<PlannerInputs>): readonly unknown[] => {
    const refusals = refusalsOf(plan({ narrow, ...parts }));
    return refusals.filter(({ message }) => message === 'stage credentials has nothing to narrow.');
  };
  const trusting = (trustPolicy: string): LiveReads => {
    const live = world();
    return { ...live, principals: live.principals.map((each) => ({ ...each, trustPolicy })) };
  };
  const trust = (principal: unknown): string =>
    JSON.stringify({ Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }] });

  it('is a role that only compromised hosts run with', () => {
    const live = liveOf(own, { hosts: { desktops: 2, tills: people }, roles: { desktops: [fleet, fleet] } });
    expect(nothing({ live })).toHaveLength(1);
    expect(planned({ live }).narrower).toEqual([]);
  });

  it('is a role that no compromised host runs with', () => {
    const live = liveOf(own, { hosts: { tills: people }, roles: { tills: [fleet] } });
    expect(nothing({ live })).toHaveLength(1);
  });

  it.each([
    ['an account', { AWS: 'arn:aws:iam::000123456789:root' }],
    ['anybody', '*'],
    ['another service beside', { Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }],
  ])('is a role that %s may assume: its sessions are not those of hosts alone', (_, principal) => {
    expect(nothing({ live: trusting(trust(principal)) })).toHaveLength(1);
  });

  it('is no role that instances alone may assume, spelled one way or the other', () => {
    expect(nothing({ live: trusting(trust({ Service: ['ec2.amazonaws.com'] })) })).toEqual([]);
    const denying = JSON.stringify({ Statement: { Effect: 'Deny', Principal: '*', Action: 'sts:AssumeRole' } });
    expect(nothing({ live: trusting(denying) })).toEqual([]);
    expect(nothing({ live: trusting('not JSON') })).toHaveLength(1);
  });

  it('is a role of more compromised hosts than its policies have room for', () => {
    const roles = { desktops: Array.from({ length: 51 }, () => fleet), tills: [fleet] };
    expect(nothing({ live: liveOf(own, { hosts: { desktops: 51, tills: people }, roles }) })).toHaveLength(1);
  });

  it('is a stage that the playbook does not have', () => {
    const refusals = refusalsOf(plan({ narrow: ['evidence'] }));
    expect(refusals.map(({ code, message }) => [code, message])).toEqual([
      ['FD-102', '--narrow names evidence, and the playbook has no such stage.'],
    ]);
  });
});

describe('narrowing', () => {
  it('leaves hosts of left-out systems their role, and lets the role be taken although such a system uses it', () => {
    const both = instance('i-both', 'desktops', {
      tags: { system: 'desktops', till: 'yes' },
      role: runningWith(fleet),
    });
    const controls = [...tillControls, { 'aws.ec2': { account: 'retail', tag: { till: 'yes' } } }];
    const systems = own.systems.map((each) => (each.name === 'tills' ? { ...each, uses: [fleet], controls } : each));
    const shared = { ...own, systems };
    const live = { ...world(), instances: [...world().instances, both] };
    const made = planned({ estate: shared, live, narrow, except: ['tills'] });
    expect(targetsIn(made)['credentials-sessions']).toEqual(['i-desktops-1', 'i-desktops-2']);
    expect(targetsIn(planned({ estate: shared, live, except: ['tills'] }))).toEqual({ credentials: [sync] });
  });

  it('gives hosts and principals back with their own tiers, the role being nobody of ours', () => {
    const made = planned({ narrow });
    const released = Object.values(made.chunks).flatMap((chunk) => (chunk.kind === 'release' ? chunk.targets : []));
    expect(released.toSorted()).toEqual([sync, 'i-desktops-1', 'i-desktops-2']);
  });

  it('finds a name for its stage that no other has', () => {
    const taken: Playbook['stages'][number] = {
      name: 'credentials-sessions',
      action: 'aws.ec2.snapshot',
      on: { systems: '$compromised' },
    };
    const names = planned({ narrow, playbook: book(taken) }).header.stages.map(({ name }) => name);
    expect(names).toEqual(['credentials', 'credentials-sessions-2', 'credentials-sessions']);
  });
});
