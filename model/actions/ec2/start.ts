import { ec2Buckets } from '../buckets.ts';
import type { InstanceAction } from '../definition.ts';

/** Starts stopped hosts. Giving back leaves them running: what people start on purpose stays up. */
export const start: InstanceAction<'aws.ec2.start'> = {
  name: 'aws.ec2.start',
  target: 'instance',
  summary: 'start stopped hosts',
  verb: 'start',
  done: 'started',
  effect: 'none',
  undo: 'kept',
  shares: false,
  permissions: {
    read: ['ec2:DescribeInstances'],
    apply: ['ec2:StartInstances'],
    undo: [],
  },
  starts: true,
  cost: () => [{ bucket: ec2Buckets.startInstances, calls: 1 }],
};
