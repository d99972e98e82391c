import {
  CreateTagsCommand,
  DescribeInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startActivities } from '../../../activities/ec2/start.ts';
import { stopActivities } from '../../../activities/ec2/stop.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { mockEnvironment, runActivity, startActivityWorld } from '../../helpers/activity-deps.ts';
import type { Act, Scene } from './scene.ts';
import { launch, makeAct, makeScene } from './scene.ts';
import { statuses } from './statuses.ts';

let world: ActivityWorld;
let scene: Scene;

beforeAll(async () => {
  world = await startActivityWorld();
  scene = await makeScene(world);
});
afterAll(async () => {
  await world?.stop();
});
afterEach(() => {
  world.clearFaults();
});

async function act(verb: 'stop' | 'start', hosts: readonly string[]): Promise<Act> {
  const activities = verb === 'stop' ? stopActivities(world.deps) : startActivities(world.deps);
  const made = await makeAct(world, activities, { action: `aws.ec2.${verb}`, hosts });
  world.forget();
  return made;
}

async function stopByHand(...InstanceIds: string[]): Promise<void> {
  await world.setup.ec2.send(new StopInstancesCommand({ InstanceIds }));
}

/** State and our own tags of each host, as AWS shows them. */
async function shown(hosts: readonly string[]): Promise<Record<string, string>> {
  const found = await world.setup.ec2.send(new DescribeInstancesCommand({ InstanceIds: [...hosts] }));
  return Object.fromEntries(
    (found.Reservations ?? []).flatMap(({ Instances = [] }) =>
      Instances.map((one) => [
        one.InstanceId ?? '',
        [one.State?.Name, ...(one.Tags ?? []).map(({ Key, Value }) => `${Key}=${Value}`)].join(' '),
      ]),
    ),
  );
}

describe('aws.ec2.stop', () => {
  it('stops in one call, verifies, and starts again only what ran before', async () => {
    const [first = '', second = '', off = ''] = await launch(world, scene, 3);
    await stopByHand(off);
    const one = await act('stop', [first, second, off]);
    const { captures } = await one.capture();
    expect(captures.map(({ state }) => state)).toEqual([
      { state: 'running' },
      { state: 'running' },
      { state: 'stopped' },
    ]);
    expect(statuses(await one.apply(captures))).toEqual({ [first]: 'done', [second]: 'done', [off]: 'done' });
    expect(world.mutating()).toEqual(['CreateTags', 'StopInstances']);
    expect(statuses(await one.verify(captures))).toEqual({ [first]: 'done', [second]: 'done', [off]: 'done' });
    expect(statuses(await one.undo(captures))).toEqual({ [first]: 'done', [second]: 'done', [off]: 'done' });
    expect(await shown([first, second, off])).toEqual({ [first]: 'running', [second]: 'running', [off]: 'stopped' });
  });

  it('does nothing the second time, and captures the signed state when it runs again after apply', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act('stop', [host]);
    const first = await one.capture();
    await one.apply(first.captures);
    const again = await one.capture();
    expect(again.captures[0]?.state).toEqual({ state: 'running' });
    world.forget();
    await one.apply(again.captures);
    expect(world.mutating()).toEqual([]);
    await one.undo(again.captures);
    world.forget();
    expect(statuses(await one.undo(again.captures))).toEqual({ [host]: 'done' });
    expect(world.mutating()).toEqual([]);
  });

  it('finds the unknown ones of a batch by halving it, and stops the others', async () => {
    const hosts = await launch(world, scene, 5);
    const one = await act('stop', hosts);
    const { captures } = await one.capture();
    const bad = hosts[3] ?? '';
    const { ec2 } = world.clients;
    // Gone between the look and the call: AWS fails the whole call for one id.
    ec2.middlewareStack.add(
      (next) => async (request) => {
        const input = request.input as { InstanceIds?: string[]; Resources?: string[] };
        if (!(input.InstanceIds ?? input.Resources)?.includes(bad)) return await next(request);
        throw Object.assign(new Error('unknown id'), { name: 'InvalidInstanceID.NotFound' });
      },
      { step: 'initialize', name: 'unknownId' },
    );
    const result = await one.apply(captures);
    ec2.middlewareStack.remove('unknownId');
    const expected = Object.fromEntries(hosts.map((host) => [host, host === bad ? 'gone' : 'done']));
    expect(statuses(result)).toEqual(expected);
    expect(Object.values(await shown(hosts)).filter((state) => state.startsWith('stopped'))).toHaveLength(4);
  });

  it('reports a host that vanished and one that somebody else stopped', async () => {
    const [dead = '', off = ''] = await launch(world, scene, 2);
    const one = await act('stop', [dead, off]);
    await world.setup.ec2.send(new TerminateInstancesCommand({ InstanceIds: [dead] }));
    await stopByHand(off);
    const { captures, outcomes } = await one.capture();
    expect(captures).toEqual([]);
    expect(outcomes).toEqual([
      { target: dead, status: 'gone', detail: 'it is terminated' },
      { target: off, status: 'changed', detail: 'it is stopped; signed for running' },
    ]);
  });

  it('never starts what somebody else stopped after we had given it back', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act('stop', [host]);
    const { captures } = await one.capture();
    await one.apply(captures);
    await one.undo(captures);
    await stopByHand(host);
    world.forget();
    expect(statuses(await one.undo(captures))).toEqual({ [host]: 'changed' });
    expect(world.mutating()).toEqual([]);
  });

  it('calls nothing without a warrant, and says what AWS refused', async () => {
    const hosts = await launch(world, scene, 2);
    const one = await act('stop', hosts);
    const { captures } = await one.capture();
    const forged = { ...one.step, captures, warrant: { ...one.step.warrant, decisions: [] } };
    await expect(runActivity(stopActivities(world.deps).apply, forged)).rejects.toMatchObject({ type: 'NotWarranted' });
    const undoing = { ...one.undoInput(captures), warrant: forged.warrant };
    await expect(runActivity(stopActivities(world.deps).undo, undoing)).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.mutating()).toEqual([]);
    world.addFault({ command: 'StopInstances', error: 'UnauthorizedOperation' });
    const result = await one.apply(captures);
    expect(result.stopped).toBe('refused');
    expect(result.outcomes.map(({ status, detail }) => [status, detail])).toEqual([
      ['refused', 'UnauthorizedOperation'],
      ['refused', 'UnauthorizedOperation'],
    ]);
  });

  it('asks for a retry when throttled, and reaches nothing when cancelled before it begins', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act('stop', [host]);
    const { captures } = await one.capture();
    world.addFault({ command: 'StopInstances', error: 'RequestLimitExceeded', nth: 1 });
    await expect(one.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable', nonRetryable: false });
    const environment = mockEnvironment();
    environment.cancel();
    const { apply } = stopActivities(world.deps);
    await expect(environment.run(apply, { ...one.step, captures })).resolves.toEqual({
      outcomes: [{ target: host, status: 'not-reached' }],
      stopped: 'cancelled',
    });
    expect(statuses(await one.apply(captures))).toEqual({ [host]: 'done' });
  });

  it('removes its tag where a stop was refused after the tag, and leaves the host running', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act('stop', [host]);
    const { captures } = await one.capture();
    world.addFault({ command: 'StopInstances', error: 'UnauthorizedOperation' });
    await one.apply(captures);
    expect(await shown([host])).toEqual({ [host]: 'running firedoor:stopped=INC-42' });
    expect(statuses(await one.undo(captures))).toEqual({ [host]: 'done' });
    expect(await shown([host])).toEqual({ [host]: 'running' });
  });

  it("does not take another incident's stop for its own", async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act('stop', [host]);
    const Tags = [{ Key: 'firedoor:stopped', Value: 'INC-7' }];
    await world.setup.ec2.send(new CreateTagsCommand({ Resources: [host], Tags }));
    await stopByHand(host);
    expect((await one.capture()).outcomes).toMatchObject([{ status: 'changed' }]);
  });
});

describe('aws.ec2.start', () => {
  it('starts what is stopped, once, and leaves it running on undo', async () => {
    const [host = '', ran = ''] = await launch(world, scene, 2);
    await stopByHand(host);
    const one = await act('start', [host, ran]);
    const { captures } = await one.capture();
    expect(statuses(await one.apply(captures))).toEqual({ [host]: 'done', [ran]: 'done' });
    const started = world.calls().filter(({ command }) => command === 'StartInstances');
    expect(started.map(({ input }) => input['InstanceIds'])).toEqual([[host]]);
    expect(statuses(await one.verify(captures))).toEqual({ [host]: 'done', [ran]: 'done' });
    world.forget();
    await one.apply(captures);
    expect(statuses(await one.undo(captures))).toEqual({ [host]: 'done', [ran]: 'done' });
    expect(world.mutating()).toEqual([]);
    expect(await shown([host])).toEqual({ [host]: 'running' });
  });

  it('counts a host that somebody else has started since the plan as done', async () => {
    const [host = ''] = await launch(world, scene);
    await stopByHand(host);
    const one = await act('start', [host]);
    await world.setup.ec2.send(new StartInstancesCommand({ InstanceIds: [host] }));
    const { captures } = await one.capture();
    expect(statuses(await one.apply(captures))).toEqual({ [host]: 'done' });
    expect(world.mutating()).toEqual([]);
  });

  it('reports what is gone, changes nothing without a capture, and calls nothing without a warrant', async () => {
    const [host = ''] = await launch(world, scene);
    await stopByHand(host);
    const one = await act('start', [host, 'i-0123456789abcdef0']);
    const { captures, outcomes } = await one.capture();
    expect(outcomes).toEqual([{ target: 'i-0123456789abcdef0', status: 'gone', detail: 'no such instance' }]);
    expect(statuses(await one.apply([]))).toMatchObject({ [host]: 'failed' });
    const stranger = { ...one.step, captures, warrant: { ...one.step.warrant, namespace: 'elsewhere' } };
    await expect(runActivity(startActivities(world.deps).apply, stranger)).rejects.toMatchObject({
      type: 'NotWarranted',
    });
    expect(world.mutating()).toEqual([]);
  });
});
