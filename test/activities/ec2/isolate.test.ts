import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { byText } from '../../../activities/live/instances.ts';
import { isolateActivities } from '../../../activities/ec2/isolate.ts';
import type { StepResult } from '../../../model/step.ts';
import { statuses } from './statuses.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { mockEnvironment, runActivity, startActivityWorld } from '../../helpers/activity-deps.ts';
import type { Act, Scene } from './scene.ts';
import {
  attachInterface,
  firstInterface,
  groupId,
  groupRules,
  groupsOf,
  launch,
  makeAct,
  makeScene,
  moveInterface,
} from './scene.ts';

const contain = 'firedoor-INC-42-contain';
const allAccess = 'firedoor-INC-42-all-access';

let world: ActivityWorld;
let scene: Scene;

beforeAll(async () => {
  world = await startActivityWorld();
});
afterAll(async () => {
  await world?.stop();
});
beforeEach(async () => {
  scene = await makeScene(world);
});
afterEach(() => {
  world.clearFaults();
});

async function act(hosts: readonly string[], warrant = {}): Promise<Act> {
  const made = await makeAct(world, isolateActivities(world.deps), { action: 'aws.ec2.isolate', hosts, warrant });
  world.forget();
  return made;
}

/** The groups that interfaces were put into, in order. */
function moves(): readonly (readonly [unknown, unknown])[] {
  return world
    .calls()
    .filter(({ command }) => command === 'ModifyNetworkInterfaceAttribute')
    .map(({ input }) => [input['NetworkInterfaceId'], (input['Groups'] as string[])[0]]);
}

describe('the whole way', () => {
  it('isolates every interface through the all-access group, verifies, and gives back exactly', async () => {
    const [host = ''] = await launch(world, scene);
    const second = await attachInterface(world, scene, host);
    const before = await groupsOf(world, host);
    const one = await act([host]);

    const { captures, outcomes } = await one.capture();
    expect(outcomes).toEqual([]);
    expect(captures).toMatchObject([{ target: host, stage: 'cut-off', incident: 'INC-42' }]);
    expect(world.mutating()).toEqual([]);

    expect(statuses(await one.apply(captures))).toEqual({ [host]: 'done' });
    const [closed, open] = [await groupId(world, scene, contain), await groupId(world, scene, allAccess)];
    const first = Object.keys(before).find((id) => id !== second);
    const hops = [first ?? '', second].toSorted(byText).flatMap((id) => [
      [id, open],
      [id, closed],
    ]);
    expect(moves()).toEqual(hops);
    expect(await groupRules(world, scene)).toMatchObject({ [contain]: 0, [allAccess]: 2 });
    expect(statuses(await one.verify(captures))).toEqual({ [host]: 'done' });

    expect(statuses(await one.undo(captures))).toEqual({ [host]: 'done' });
    expect(await groupsOf(world, host)).toEqual(before);
    expect(Object.keys(await groupRules(world, scene)).toSorted()).toEqual(['default', 'other', 'web']);
  });

  it('does nothing the second time, neither apply nor undo', async () => {
    const hosts = await launch(world, scene, 2);
    const one = await act(hosts);
    const { captures } = await one.capture();
    await one.apply(captures);
    world.forget();
    expect(Object.values(statuses(await one.apply(captures)))).toEqual(['done', 'done']);
    expect(world.mutating()).toEqual([]);
    await one.undo(captures);
    world.forget();
    expect(Object.values(statuses(await one.undo(captures)))).toEqual(['done', 'done']);
    expect(world.mutating()).toEqual([]);
  });

  it('succeeds to undo a step that never happened', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    expect(statuses(await one.undo(captures))).toEqual({ [host]: 'done' });
    expect(world.mutating()).toEqual([]);
  });
});

describe('capture', () => {
  it('never takes the contained state for the original, when it runs again after apply', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const first = await one.capture();
    await one.apply(first.captures);
    const again = await one.capture();
    expect(again.outcomes).toEqual([]);
    expect(again.captures[0]?.state).toEqual(first.captures[0]?.state);
    await moveInterface(world, await firstInterface(world, host), await groupId(world, scene, allAccess));
    expect((await one.capture()).captures[0]?.state).toEqual(first.captures[0]?.state);
  });

  it('reports hosts that vanished, and those whose groups or interfaces are no longer as signed', async () => {
    const [moved = '', grown = '', dead = '', fine = ''] = await launch(world, scene, 4);
    const one = await act([moved, grown, dead, fine, 'i-0123456789abcdef0']);
    await moveInterface(world, await firstInterface(world, moved), scene.other);
    const added = await attachInterface(world, scene, grown);
    await world.setup.ec2.send(new TerminateInstancesCommand({ InstanceIds: [dead] }));
    const { captures, outcomes } = await one.capture();
    expect(captures.map(({ target }) => target)).toEqual([fine]);
    expect(outcomes).toEqual([
      {
        target: moved,
        status: 'changed',
        detail: expect.stringContaining(`in ${scene.other}; signed for ${scene.web}`),
      },
      { target: grown, status: 'changed', detail: `${added} was attached since the plan` },
      { target: dead, status: 'gone', detail: 'it is terminated' },
      { target: 'i-0123456789abcdef0', status: 'gone', detail: 'no such instance' },
    ]);
  });

  it('leaves a host alone that another incident had contained when it was planned', async () => {
    const [host = ''] = await launch(world, scene);
    const earlier = await act([host], { incident: 'INC-7' });
    await earlier.apply((await earlier.capture()).captures);
    const one = await act([host]);
    const { captures, outcomes } = await one.capture();
    expect(captures).toEqual([]);
    expect(outcomes).toMatchObject([{ status: 'changed', detail: expect.stringContaining('INC-7') }]);
  });
});

describe('apply', () => {
  it('changes nothing without a warrant, with a forged one, or for a target that was not signed', async () => {
    const [host = '', neighbour = ''] = await launch(world, scene, 2);
    const one = await act([host]);
    const { captures } = await one.capture();
    const { apply, undo } = isolateActivities(world.deps);
    const input = { ...one.step, captures };
    const forged = { ...one.step.warrant, seal: '0'.repeat(64) };
    const notWarranted = { type: 'NotWarranted', nonRetryable: true };
    await expect(runActivity(apply, { ...input, warrant: forged })).rejects.toMatchObject(notWarranted);
    await expect(runActivity(apply, { ...input, targets: [neighbour] })).rejects.toMatchObject(notWarranted);
    await expect(runActivity(undo, { ...one.undoInput(captures), warrant: forged })).rejects.toMatchObject(
      notWarranted,
    );
    expect(world.mutating()).toEqual([]);
  });

  it('changes nothing on a target without a capture', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    expect(statuses(await one.apply([]))).toEqual({ [host]: 'failed' });
    expect(moves()).toEqual([]);
  });

  it('contains an interface that was attached after the capture, and says so; undo leaves it for people', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    const later = await attachInterface(world, scene, host);
    const [outcome] = (await one.apply(captures)).outcomes;
    expect(outcome).toMatchObject({ status: 'done', detail: expect.stringContaining(later) });
    expect(statuses(await one.verify(captures))).toEqual({ [host]: 'done' });
    const [undone] = (await one.undo(captures)).outcomes;
    expect(undone).toMatchObject({ status: 'changed', detail: expect.stringContaining(`${later} was attached`) });
    const closed = await groupId(world, scene, contain);
    expect(await groupsOf(world, host)).toMatchObject({ [later]: [closed] });
    expect(Object.values(await groupsOf(world, host))).toContainEqual([scene.web]);
  });

  it('closes what an earlier attempt left open before it goes on, also for targets already reported', async () => {
    const [first = '', second = ''] = await launch(world, scene, 2);
    const one = await act([first, second]);
    const { captures } = await one.capture();
    await one.apply(captures);
    const left = await firstInterface(world, second);
    const reopened = await firstInterface(world, first);
    await moveInterface(world, reopened, scene.web);
    await moveInterface(world, left, await groupId(world, scene, allAccess));
    world.forget();
    await one.apply(captures, { attempt: 2, heartbeatDetails: [{ target: second, status: 'done' }] });
    expect(moves()[0]).toEqual([left, await groupId(world, scene, contain)]);
    expect(moves().map(([id]) => id)).toEqual([left, reopened, reopened]);
  });

  it('repeats the second hop at once when its reply is lost', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    world.addFault({ command: 'ModifyNetworkInterfaceAttribute', error: 'ECONNRESET', nth: 2, when: 'after' });
    expect(statuses(await one.apply(captures))).toEqual({ [host]: 'done' });
    expect(moves()).toHaveLength(3);
    expect(statuses(await one.verify(captures))).toEqual({ [host]: 'done' });
  });

  it('stops where AWS refuses midway, leaves nothing open, and says which targets it did not reach', async () => {
    const [first = '', second = '', third = ''] = await launch(world, scene, 3);
    const one = await act([first, second, third]);
    const { captures } = await one.capture();
    const error = 'UnauthorizedOperation';
    world.addFault({ command: 'ModifyNetworkInterfaceAttribute', error, nth: 4 });
    const result = await one.apply(captures);
    expect(result.stopped).toBe('refused');
    expect(statuses(result)).toEqual({ [first]: 'done', [second]: 'refused', [third]: 'not-reached' });
    expect(Object.values(await groupsOf(world, second))).toEqual([[scene.web]]);
  });

  it('says that an interface may still be open when it is neither closed nor put back', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    for (const nth of [2, 3]) {
      world.addFault({ command: 'ModifyNetworkInterfaceAttribute', error: 'UnauthorizedOperation', nth });
    }
    expect((await one.apply(captures)).outcomes).toMatchObject([
      { status: 'refused', detail: expect.stringContaining(`${await firstInterface(world, host)} may still be open`) },
    ]);
    world.clearFaults();
    expect(statuses(await one.undo(captures))).toEqual({ [host]: 'done' });
    expect(Object.values(await groupsOf(world, host))).toEqual([[scene.web]]);
  });

  it('goes back to the original groups and asks for a retry when throttling outlasts the hop', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    for (const nth of [2, 3, 4]) {
      world.addFault({ command: 'ModifyNetworkInterfaceAttribute', error: 'RequestLimitExceeded', nth });
    }
    await expect(one.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable', nonRetryable: false });
    expect(Object.values(await groupsOf(world, host))).toEqual([[scene.web]]);
  });

  it('reports an unknown host of a batch, does the others, and leaves one alone that drifted since its capture', async () => {
    const [dead = '', drifted = '', fine = ''] = await launch(world, scene, 3);
    const one = await act([dead, drifted, fine]);
    const { captures } = await one.capture();
    await world.setup.ec2.send(new TerminateInstancesCommand({ InstanceIds: [dead] }));
    await moveInterface(world, await firstInterface(world, drifted), scene.other);
    const result = await one.apply(captures);
    expect(statuses(result)).toEqual({ [dead]: 'gone', [drifted]: 'changed', [fine]: 'done' });
    expect(Object.values(await groupsOf(world, drifted))).toEqual([[scene.other]]);
  }, 20_000);

  it('empties a group of ours that somebody put rules into, and refuses one that only has its name', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    await one.apply(captures);
    const closed = await groupId(world, scene, contain);
    const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }];
    await world.setup.ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId: closed, IpPermissions }));
    expect((await one.verify(captures)).outcomes).toMatchObject([
      { status: 'failed', detail: `${closed} has rules, so it contains nothing` },
    ]);
    await one.apply(captures);
    expect(await groupRules(world, scene)).toMatchObject({ [contain]: 0 });

    const elsewhere = await makeScene(world);
    const make = { GroupName: contain, Description: 'not ours', VpcId: elsewhere.vpc };
    await world.setup.ec2.send(new CreateSecurityGroupCommand(make));
    const [other = ''] = await launch(world, elsewhere);
    const two = await act([other]);
    const result = await two.apply((await two.capture()).captures);
    expect(result.outcomes).toMatchObject([{ status: 'failed', detail: expect.stringContaining('not our tag') }]);
    expect(Object.values(await groupsOf(world, other))).toEqual([[elsewhere.web]]);
  }, 20_000);

  it('stops between two targets when the incident holds', async () => {
    const [first = '', second = ''] = await launch(world, scene, 2);
    const one = await act([first, second]);
    const { captures } = await one.capture();
    const environment = mockEnvironment();
    environment.on('heartbeat', (details: unknown) => {
      if (Array.isArray(details) && details.length === 1) environment.cancel();
    });
    const { apply } = isolateActivities(world.deps);
    const result: StepResult = await environment.run(apply, { ...one.step, captures });
    expect(result).toMatchObject({ stopped: 'cancelled' });
    expect(statuses(result)).toEqual({ [first]: 'done', [second]: 'not-reached' });
  });
});

describe('verify and undo', () => {
  it('fails with what a read shows when an interface is not contained', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    await one.apply(captures);
    const escaped = await firstInterface(world, host);
    await moveInterface(world, escaped, scene.web);
    expect((await one.verify(captures)).outcomes).toMatchObject([
      { status: 'failed', detail: expect.stringContaining(`a read shows ${escaped} in ${scene.web}`) },
    ]);
  }, 20_000);

  it('never writes over drift, and shows it three ways', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    await one.apply(captures);
    const closed = await groupId(world, scene, contain);
    const drifted = await firstInterface(world, host);
    await moveInterface(world, drifted, scene.other);
    world.forget();
    expect((await one.undo(captures)).outcomes).toEqual([
      {
        target: host,
        status: 'changed',
        detail: `${drifted} was in ${scene.web}, we left it in ${closed}, now it is in ${scene.other}; left alone`,
      },
    ]);
    expect(moves()).toEqual([]);
    expect(Object.values(await groupsOf(world, host))).toEqual([[scene.other]]);
  });

  it('fails in words when the original group was deleted, and keeps the host contained', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    await one.apply(captures);
    await world.setup.ec2.send(new DeleteSecurityGroupCommand({ GroupId: scene.web }));
    expect((await one.undo(captures)).outcomes).toMatchObject([
      { status: 'failed', detail: expect.stringContaining(`${scene.web} no longer exists`) },
    ]);
    expect(Object.values(await groupsOf(world, host))).toEqual([[await groupId(world, scene, contain)]]);
  });

  it('keeps the groups while a host of a later wave is in them', async () => {
    const [first = '', second = ''] = await launch(world, scene, 2);
    const [one, two] = [await act([first]), await act([second])];
    const [a, b] = [await one.capture(), await two.capture()];
    await one.apply(a.captures);
    await two.apply(b.captures);
    await one.undo(a.captures);
    expect(await groupRules(world, scene)).toMatchObject({ [contain]: 0 });
    expect(statuses(await two.verify(b.captures))).toEqual({ [second]: 'done' });
    await two.undo(b.captures);
    expect(await groupRules(world, scene)).not.toHaveProperty(contain);
  });
});
