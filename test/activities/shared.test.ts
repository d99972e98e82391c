import { DescribeInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isolateActivities } from '../../activities/ec2/isolate.ts';
import { stopActivities } from '../../activities/ec2/stop.ts';
import { containActivities } from '../../activities/iam/contain.ts';
import { readRole, readUser } from '../../activities/iam/reads.ts';
import { marksActivities } from '../../activities/ledger/marks.ts';
import { factsActivities } from '../../activities/live/facts.ts';
import { sealCapture } from '../../activities/proof/seal.ts';
import type { Marked } from '../../model/ledger.ts';
import type { PrincipalTarget } from '../../model/plan.ts';
import type { ActionActivities, Capture, CaptureResult, StepInput, UndoInput } from '../../model/step.ts';
import type { ActivityWorld } from '../helpers/activity-deps.ts';
import { account, runActivity, startActivityWorld } from '../helpers/activity-deps.ts';
import { groupRules, groupsOf, launch, makeAct, makeScene } from './ec2/scene.ts';
import { makeRole, makeUser, setScene } from './iam/scene.ts';

/** What a test does with one action of one incident on one target. */
interface Actor {
  readonly step: StepInput;
  readonly undoInput: (captures: readonly Capture[]) => UndoInput;
  readonly activities: ActionActivities;
}

let world: ActivityWorld;
beforeAll(async () => {
  world = await startActivityWorld();
});
afterAll(async () => await world?.stop());

async function capture({ step, activities }: Actor, adoptable: readonly Capture[] = []): Promise<CaptureResult> {
  return await runActivity(activities.capture, { ...step, adoptable });
}

async function contain(actor: Actor, adoptable: readonly Capture[] = []): Promise<readonly Capture[]> {
  const { captures, outcomes } = await capture(actor, adoptable);
  expect(outcomes).toEqual([]);
  const { step, activities } = actor;
  for (const run of [activities.apply, activities.verify]) {
    expect(await runActivity(run, { ...step, captures })).toMatchObject({ outcomes: [{ status: 'done' }] });
  }
  return captures;
}

async function undo({ activities, undoInput }: Actor, captures: readonly Capture[]): Promise<void> {
  expect(await runActivity(activities.undo, undoInput(captures))).toMatchObject({ outcomes: [{ status: 'done' }] });
}

async function hostActor(incident: string, host: string, action: 'aws.ec2.isolate' | 'aws.ec2.stop'): Promise<Actor> {
  const activities = (action === 'aws.ec2.isolate' ? isolateActivities : stopActivities)(world.deps);
  return { activities, ...(await makeAct(world, activities, { action, hosts: [host], warrant: { incident } })) };
}

async function principalActor(incident: string, target: PrincipalTarget): Promise<Actor> {
  const activities = containActivities(world.deps);
  const aim = { action: 'aws.iam.contain' as const, targets: [target] };
  return { activities, ...(await setScene(world, aim, { activities, warrant: { incident } })) };
}

async function powerOf(host: string): Promise<string> {
  const found = await world.setup.ec2.send(new DescribeInstancesCommand({ InstanceIds: [host] }));
  const [instance] = found.Reservations?.[0]?.Instances ?? [];
  const tags = (instance?.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`);
  return [instance?.State?.Name, ...tags].join(' ');
}

/** Every kind of target that two incidents can share: who acts on it, and how to read all that containment could change. */
const kinds = [
  {
    kind: 'an isolated host',
    make: async () => {
      const scene = await makeScene(world);
      const [host = ''] = await launch(world, scene);
      return {
        actor: async (incident: string) => await hostActor(incident, host, 'aws.ec2.isolate'),
        read: async () => [await groupsOf(world, host), Object.keys(await groupRules(world, scene)).toSorted()],
      };
    },
  },
  {
    kind: 'a stopped host',
    make: async () => {
      const [host = ''] = await launch(world, await makeScene(world));
      return {
        actor: async (incident: string) => await hostActor(incident, host, 'aws.ec2.stop'),
        read: async () => [await powerOf(host)],
      };
    },
  },
  {
    kind: 'a denied user',
    make: async () => {
      const { name, target } = await makeUser(world, { keys: 2 });
      return {
        actor: async (incident: string) => await principalActor(incident, target),
        read: async () => [await readUser(world.setup.iam, name)],
      };
    },
  },
  {
    kind: 'a denied role',
    make: async () => {
      const { name, target } = await makeRole(world);
      return {
        actor: async (incident: string) => await principalActor(incident, target),
        read: async () => [await readRole(world.setup.iam, name)],
      };
    },
  },
];

describe.each(kinds)('$kind that two incidents hold', ({ make }) => {
  it('is captured once: the second takes over the first one’s capture, changes nothing, and gives it back exactly', async () => {
    const { actor, read } = await make();
    const before = await read();
    const first = await contain(await actor('INC-1'));
    const contained = await read();
    // Planned while it was contained: what is signed as "before" is the first one's work.
    const second = await actor('INC-2');
    world.forget();
    const adopted = await contain(second, first);
    expect(adopted).toMatchObject([{ incident: 'INC-2', origin: 'INC-1', state: first[0]?.state, at: first[0]?.at }]);
    expect(world.mutating()).toEqual([]);
    expect(await read()).toEqual(contained);
    await undo(second, adopted);
    expect(await read()).toEqual(before);
  });

  it('goes from hand to hand: a third takes it over from the second when the first has gone', async () => {
    const { actor, read } = await make();
    const before = await read();
    const first = await contain(await actor('INC-1'));
    const second = await contain(await actor('INC-2'), first);
    const last = await actor('INC-3');
    const third = await contain(last, second);
    expect(third).toMatchObject([{ incident: 'INC-3', origin: 'INC-1' }]);
    await undo(last, third);
    expect(await read()).toEqual(before);
  });

  it('is left alone without a capture that bears our MAC: contained is never taken for original', async () => {
    const { actor, read } = await make();
    const [first] = await contain(await actor('INC-1'));
    if (!first) throw new Error('no capture');
    const contained = await read();
    const second = await actor('INC-2');
    const stranger = sealCapture(new Uint8Array(32), world.deps.namespace, first);
    const forged = { ...first, state: {} };
    const elsewhere = sealCapture(world.deps.workerKey, world.deps.namespace, { ...first, target: 'i-other' });
    const ofAnother = sealCapture(world.deps.workerKey, world.deps.namespace, { ...first, incident: 'INC-7' });
    for (const adoptable of [[], [stranger], [forged], [elsewhere], [ofAnother]]) {
      const { captures, outcomes } = await capture(second, adoptable);
      expect(captures).toEqual([]);
      expect(outcomes).toMatchObject([
        { status: 'changed', detail: expect.stringContaining('INC-1 has contained it') },
      ]);
    }
    expect(await read()).toEqual(contained);
  });
});

describe('marks in AWS', () => {
  it('say what is contained and by whom, until it is given back', async () => {
    const [{ make: makeHost }, { make: makeStopped }] = kinds as unknown as [(typeof kinds)[0], (typeof kinds)[1]];
    const [isolated, stopped] = [await makeHost(), await makeStopped()];
    const [user, role] = [await makeUser(world), await makeRole(world)];
    const estate = {
      ...world.deps.estate,
      principals: [user, role].map(({ target }) => ({ id: target.id, opens: [] })),
    };
    const actors = [
      await isolated.actor('INC-21'),
      await stopped.actor('INC-22'),
      await principalActor('INC-23', user.target),
      await principalActor('INC-24', role.target),
    ];
    const captures: (readonly Capture[])[] = [];
    for (const actor of actors) captures.push(await contain(actor));
    const { readMarks } = marksActivities({ ...world.deps, estate });
    const mine = ({ incident }: Marked): boolean => /^INC-2\d$/.test(incident);
    const { marked } = await runActivity(readMarks, { account });
    expect(marked.filter(mine).map(({ incident, action, targets }) => [incident, action, targets.length])).toEqual([
      ['INC-21', 'aws.ec2.isolate', 1],
      ['INC-22', 'aws.ec2.stop', 1],
      ['INC-23', 'aws.iam.contain', 1],
      ['INC-24', 'aws.iam.contain', 1],
    ]);
    const hosts = captures.slice(0, 2).flatMap((some) => some.map((one) => one.target));
    const { readFacts } = factsActivities(world.deps);
    expect((await runActivity(readFacts, { account, hosts })).down).toEqual(hosts.toSorted());
    for (const [index, actor] of actors.entries()) await undo(actor, captures[index] ?? []);
    expect((await runActivity(readMarks, { account })).marked.filter(mine)).toEqual([]);
    expect((await runActivity(readFacts, { account, hosts })).down).toEqual([]);
  });
});
