import { ec2Buckets } from '../buckets.ts';
import type { InstanceAction } from '../definition.ts';

/** Keeps evidence: one crash-consistent set of snapshots of all volumes of a host. */
export const snapshot: InstanceAction<'aws.ec2.snapshot'> = {
  name: 'aws.ec2.snapshot',
  target: 'instance',
  summary: 'snapshot the volumes of hosts, all volumes of one host at one moment',
  verb: 'snapshot',
  done: 'snapshotted',
  effect: 'none',
  undo: 'kept',
  shares: false,
  permissions: {
    read: ['ec2:DescribeInstances', 'ec2:DescribeSnapshots'],
    apply: ['ec2:CreateSnapshots', 'ec2:CreateTags'],
    undo: [],
  },
  cost: (instance) => (instance.volumes.length === 0 ? [] : [{ bucket: ec2Buckets.createSnapshots, calls: 1 }]),
  unfit: (instance) => (instance.volumes.length === 0 ? 'it has no volume to snapshot' : undefined),
};
