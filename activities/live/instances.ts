import type { EC2Client, Filter, Instance } from '@aws-sdk/client-ec2';
import { paginateDescribeInstances } from '@aws-sdk/client-ec2';
import { TemporalFailure } from '@temporalio/common';
import type { LiveInstance } from '../../model/live.ts';
import { asFailure } from '../aws/errors.ts';

/** One filter takes this many values (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html). */
export const filterValues = 200;
/** The largest page there is. */
export const pageSize = 1_000;

/** Cuts a list into pieces of at most `size`, in order. */
export function inBatches<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** Text order by code units: the same on every machine. */
export function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** Calls of AWS, their errors made failures: retried, or for people when refused. `doing` says what, for people. */
export async function attempting<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof TemporalFailure) throw error;
    throw asFailure(error, doing);
  }
}

/** The same for a read of `what`. */
export async function reading<T>(what: string, read: () => Promise<T>): Promise<T> {
  return await attempting(`reading ${what}`, read);
}

/** Every instance that the filters let through, over all pages. */
export async function describeInstances(ec2: EC2Client, filters: readonly Filter[]): Promise<readonly Instance[]> {
  const found: Instance[] = [];
  for await (const page of paginateDescribeInstances({ client: ec2, pageSize }, { Filters: [...filters] })) {
    for (const reservation of page.Reservations ?? []) found.push(...(reservation.Instances ?? []));
  }
  return found;
}

/** Instances by id. Ids that AWS doesn't know are absent: a filter never fails a whole call as an id list does. */
export async function instancesById(ec2: EC2Client, ids: readonly string[]): Promise<ReadonlyMap<string, Instance>> {
  const found = new Map<string, Instance>();
  for (const batch of inBatches(ids, filterValues)) {
    for (const instance of await describeInstances(ec2, [{ Name: 'instance-id', Values: [...batch] }])) {
      if (instance.InstanceId !== undefined) found.set(instance.InstanceId, instance);
    }
  }
  return found;
}

/** The state a read shows; an instance that a read doesn't show is as good as terminated. */
export function stateOf(instance: Instance | undefined): LiveInstance['state'] {
  return instance?.State?.Name ?? 'terminated';
}

/** True when nothing can be done to an instance any more. */
export function isGone(instance: Instance | undefined): boolean {
  const state = stateOf(instance);
  return state === 'terminated' || state === 'shutting-down';
}

/** Ids of the volumes attached to an instance, sorted. */
export function volumesOf(instance: Instance): readonly string[] {
  return (instance.BlockDeviceMappings ?? []).flatMap((device) => device.Ebs?.VolumeId ?? []).toSorted(byText);
}
