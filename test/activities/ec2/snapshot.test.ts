import {
  AttachVolumeCommand,
  CreateSnapshotCommand,
  CreateVolumeCommand,
  DeleteSnapshotCommand,
  DescribeInstancesCommand,
  DescribeSnapshotsCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { snapshotActivities } from '../../../activities/ec2/snapshot.ts';
import type { Capture } from '../../../model/step.ts';
import type { ActivityWorld } from '../../helpers/activity-deps.ts';
import { runActivity, startActivityWorld } from '../../helpers/activity-deps.ts';
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

async function act(hosts: readonly string[]): Promise<Act> {
  const made = await makeAct(world, snapshotActivities(world.deps), { action: 'aws.ec2.snapshot', hosts });
  world.forget();
  return made;
}

async function attachVolume(host: string): Promise<string> {
  const { ec2 } = world.setup;
  const found = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [host] }));
  const zone = found.Reservations?.[0]?.Instances?.[0]?.Placement?.AvailabilityZone;
  const made = await ec2.send(new CreateVolumeCommand({ AvailabilityZone: zone, Size: 1 }));
  const VolumeId = made.VolumeId ?? '';
  await ec2.send(new AttachVolumeCommand({ VolumeId, InstanceId: host, Device: '/dev/sdh' }));
  return VolumeId;
}

function volumesIn(captures: readonly Capture[]): readonly string[] {
  return captures.flatMap(({ state }) => (state as { volumes: string[] }).volumes);
}

/** Volumes that a host's step has snapshots of, one entry a snapshot. */
async function kept(host: string): Promise<readonly string[]> {
  const Filters = [{ Name: 'tag:firedoor:step', Values: [`INC-42/cut-off/${host}`] }];
  const found = await world.setup.ec2.send(new DescribeSnapshotsCommand({ Filters }));
  return (found.Snapshots ?? []).map(({ VolumeId }) => VolumeId ?? '').toSorted();
}

describe('aws.ec2.snapshot', () => {
  it('takes one set of all volumes of a host in one call, verifies, and keeps it on undo', async () => {
    const [host = ''] = await launch(world, scene);
    await attachVolume(host);
    const one = await act([host]);
    const { captures } = await one.capture();
    const volumes = volumesIn(captures);
    expect(volumes).toHaveLength(2);
    expect(statuses(await one.apply(captures))).toEqual({ [host]: 'done' });
    expect(world.mutating()).toEqual(['CreateSnapshots']);
    expect(await kept(host)).toEqual(volumes);
    expect((await one.verify(captures)).outcomes).toMatchObject([
      { status: 'done', detail: expect.stringMatching(/^snap-\w+ and snap-\w+$/) },
    ]);
    expect((await one.undo(captures)).outcomes).toMatchObject([
      { status: 'done', detail: expect.stringContaining('kept') },
    ]);
    expect(await kept(host)).toEqual(volumes);
  });

  it('adopts the set of an earlier attempt whose reply was lost', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    world.addFault({ command: 'CreateSnapshots', error: 'ECONNRESET', when: 'after' });
    await expect(one.apply(captures)).rejects.toMatchObject({ type: 'AwsUnavailable', nonRetryable: false });
    expect(statuses(await one.apply(captures, { attempt: 2 }))).toEqual({ [host]: 'done' });
    expect(world.mutating()).toEqual(['CreateSnapshots']);
    expect(await kept(host)).toHaveLength(1);
  });

  it('waits out stale reads before a later attempt looks, and adopts what shows up meanwhile', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    const volumes = volumesIn(captures);
    const again = one.apply(captures, { attempt: 2 });
    const Tags = [{ Key: 'firedoor:step', Value: `INC-42/cut-off/${host}` }];
    const TagSpecifications = [{ ResourceType: 'snapshot' as const, Tags }];
    await world.setup.ec2.send(new CreateSnapshotCommand({ VolumeId: volumes[0], TagSpecifications }));
    expect(statuses(await again)).toEqual({ [host]: 'done' });
    expect(world.mutating()).toEqual([]);
  });

  it('reports hosts that are gone or whose volumes are no longer as signed', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host, 'i-0123456789abcdef0']);
    const volume = await attachVolume(host);
    expect((await one.capture()).outcomes).toEqual([
      { target: host, status: 'changed', detail: `${volume} was attached since the plan` },
      { target: 'i-0123456789abcdef0', status: 'gone', detail: 'no such instance' },
    ]);
  });

  it('fails verification while a volume has no snapshot', async () => {
    const [host = ''] = await launch(world, scene);
    const one = await act([host]);
    const { captures } = await one.capture();
    const volumes = volumesIn(captures);
    const [outcome] = (await one.apply(captures)).outcomes;
    await world.setup.ec2.send(new DeleteSnapshotCommand({ SnapshotId: outcome?.detail }));
    expect((await one.verify(captures)).outcomes).toEqual([
      { target: host, status: 'failed', detail: `no read shows a snapshot of ${volumes[0]}` },
    ]);
  }, 20_000);

  it('stops where AWS refuses, goes on with the rest where a host vanished, and calls nothing unwarranted', async () => {
    const [first = '', second = '', third = ''] = await launch(world, scene, 3);
    const one = await act([first, second, third]);
    const { captures } = await one.capture();
    const input = { ...one.step, captures, warrant: { ...one.step.warrant, decisions: [] } };
    const unwarranted = runActivity(snapshotActivities(world.deps).apply, input);
    await expect(unwarranted).rejects.toMatchObject({ type: 'NotWarranted' });
    expect(world.mutating()).toEqual([]);
    world.addFault({ command: 'CreateSnapshots', error: 'InvalidInstanceID.NotFound', nth: 1 });
    world.addFault({ command: 'CreateSnapshots', error: 'UnauthorizedOperation', nth: 2 });
    const result = await one.apply(captures);
    expect(result.stopped).toBe('refused');
    expect(statuses(result)).toEqual({ [first]: 'gone', [second]: 'refused', [third]: 'not-reached' });
  });
});
