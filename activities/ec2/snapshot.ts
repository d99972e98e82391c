import type { EC2Client, Instance, Snapshot } from '@aws-sdk/client-ec2';
import { CreateSnapshotsCommand, paginateDescribeSnapshots } from '@aws-sdk/client-ec2';
import { activityInfo } from '@temporalio/activity';
import { z } from 'zod';
import type { InstanceTarget } from '../../model/plan.ts';
import type { ActionActivities, ApplyInput, Capture, StepInput, StepResult, TargetOutcome } from '../../model/step.ts';
import { forEachTarget } from '../batch.ts';
import type { ActivityDeps } from '../deps.ts';
import { filterValues, inBatches, pageSize, volumesOf } from '../live/instances.ts';
import { requireWarrantToContain } from '../proof/warrant.ts';
import type { Judged } from './capture.ts';
import { captureHosts, captureOf } from './capture.ts';
import { keepAll } from './kept.ts';
import type { Look } from './poll.ts';
import { pause, pollTargets, shortPausesMs } from './poll.ts';
import { incidentTag, stepTag } from './tags.ts';

/** A set that an earlier attempt made may be missing from reads for about this long; it is waited out before looking. */
const staleReadMs = 1_000;

const snapshotState = z.strictObject({ volumes: z.array(z.string()) });

function stepOf(input: StepInput, target: string): string {
  return `${input.warrant.incident}/${input.chunk.stage}/${target}`;
}

function judge(target: InstanceTarget, instance: Instance): Judged {
  const [now, signed] = [volumesOf(instance), target.before.volumes];
  const detached = signed.find((volume) => !now.includes(volume));
  if (detached !== undefined) return { changed: `${detached} is no longer attached` };
  const added = now.find((volume) => !signed.includes(volume));
  return added === undefined ? { state: { volumes: [...now] } } : { changed: `${added} was attached since the plan` };
}

/** The snapshots of each target's step, by target. */
async function find(
  ec2: EC2Client,
  input: StepInput,
  targets: readonly string[],
): Promise<ReadonlyMap<string, readonly Snapshot[]>> {
  const found = new Map<string, readonly Snapshot[]>(targets.map((target) => [target, []]));
  const byStep = new Map(targets.map((target) => [stepOf(input, target), target]));
  for (const batch of inBatches([...byStep.keys()], filterValues)) {
    const query = { OwnerIds: ['self'], Filters: [{ Name: `tag:${stepTag}`, Values: [...batch] }] };
    for await (const page of paginateDescribeSnapshots({ client: ec2, pageSize }, query)) {
      for (const one of page.Snapshots ?? []) {
        const target = byStep.get(one.Tags?.find(({ Key }) => Key === stepTag)?.Value ?? '');
        if (target !== undefined) found.set(target, [...(found.get(target) ?? []), one]);
      }
    }
  }
  return found;
}

async function snapshotHost(ec2: EC2Client, input: ApplyInput, target: string): Promise<TargetOutcome> {
  const captured = captureOf(input.captures, target);
  if ('status' in captured) return captured;
  const found = (await find(ec2, input, [target])).get(target) ?? [];
  if (found.length > 0) return { target, status: 'done', detail: idWords(found) };
  const { incident } = input.warrant;
  const Tags = [
    { Key: incidentTag, Value: incident },
    { Key: stepTag, Value: stepOf(input, target) },
  ];
  const made = await ec2.send(
    new CreateSnapshotsCommand({
      InstanceSpecification: { InstanceId: target, ExcludeBootVolume: false },
      Description: `${incident} ${target}`,
      TagSpecifications: [{ ResourceType: 'snapshot', Tags }],
    }),
  );
  return { target, status: 'done', detail: idWords(made.Snapshots ?? []) };
}

function idWords(snapshots: readonly { readonly SnapshotId?: string | undefined }[]): string {
  return snapshots.flatMap(({ SnapshotId }) => SnapshotId ?? []).join(' and ');
}

async function apply(deps: ActivityDeps, input: ApplyInput): Promise<StepResult> {
  await requireWarrantToContain(input, deps);
  const { ec2 } = deps.aws(input.account);
  if (activityInfo().attempt > 1) await pause(staleReadMs);
  return await forEachTarget(input.targets, async (target) => await snapshotHost(ec2, input, target));
}

/** Settled when every captured volume has a snapshot that has not failed. */
function lookAt(capture: Capture | undefined, target: string, snapshots: readonly Snapshot[]): Look {
  if (!capture) return { settled: { target, status: 'failed', detail: 'it was not captured' } };
  const broken = snapshots.find(({ State }) => State === 'error');
  if (broken) return { settled: { target, status: 'failed', detail: `${broken.SnapshotId ?? ''} failed in AWS` } };
  const { volumes } = snapshotState.parse(capture.state);
  const missing = volumes.filter((volume) => !snapshots.some(({ VolumeId }) => VolumeId === volume));
  if (missing.length > 0) return { waits: `no read shows a snapshot of ${missing.join(' and ')}` };
  return { settled: { target, status: 'done', detail: idWords(snapshots) } };
}

async function verify(deps: ActivityDeps, input: ApplyInput): Promise<StepResult> {
  const { ec2 } = deps.aws(input.account);
  const captures = new Map(input.captures.map((capture) => [capture.target, capture]));
  return await pollTargets(input.targets, {
    pausesMs: shortPausesMs,
    look: async (pending) => {
      const found = await find(ec2, input, pending);
      return new Map(
        pending.map((target) => [target, lookAt(captures.get(target), target, found.get(target) ?? [])] as const),
      );
    },
  });
}

/** What `aws.ec2.snapshot` does; what it is stands in `model/actions/ec2/snapshot.ts`. */
export function snapshotActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => await captureHosts(deps, input, judge),
    apply: async (input) => await apply(deps, input),
    verify: async (input) => await verify(deps, input),
    undo: async (input) => await keepAll(deps, input, 'the snapshots are kept as evidence'),
  };
}
