import { ec2Buckets } from '../buckets.ts';
import type { InstanceAction } from '../definition.ts';

/** Stops hosts. Memory and instance stores are lost: take evidence first. */
export const stop: InstanceAction<'aws.ec2.stop'> = {
  name: 'aws.ec2.stop',
  target: 'instance',
  summary: 'stop hosts; what is in memory is lost',
  verb: 'stop',
  done: 'stopped',
  effect: 'down',
  undo: 'exact',
  shares: true,
  permissions: {
    read: ['ec2:DescribeInstances'],
    apply: ['ec2:CreateTags', 'ec2:StopInstances'],
    undo: ['ec2:DeleteTags', 'ec2:StartInstances'],
  },
  cost: () => [{ bucket: ec2Buckets.stopInstances, calls: 1 }],
  undoCost: () => [{ bucket: ec2Buckets.startInstances, calls: 1 }],
};
