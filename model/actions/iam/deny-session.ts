import { iamBucket } from '../buckets.ts';
import type { InstanceAction } from '../definition.ts';

/**
 * Takes from a host the role it runs with, and from no other host: its sessions are denied by their name, those it has and
 * those it may still take. The host answers the network as before and can do nothing in AWS, so it counts as lost
 * (docs/decisions/0010).
 */
export const denySession: InstanceAction<'aws.iam.denySession'> = {
  name: 'aws.iam.denySession',
  target: 'instance',
  summary: 'deny hosts their own sessions of the role they run with; other hosts of that role go on',
  verb: 'deny the role of',
  done: 'denied their role',
  effect: 'principal',
  undo: 'exact',
  shares: false,
  permissions: {
    read: ['ec2:DescribeInstances', 'iam:GetInstanceProfile', 'iam:GetRole', 'iam:GetRolePolicy'],
    apply: ['iam:PutRolePolicy'],
    undo: ['iam:DeleteRolePolicy'],
  },
  cost: () => [{ bucket: iamBucket, calls: 1 }],
  skips: (instance) => instance.role === undefined,
  writesRole: true,
  // A role's inline policies share 10,240 characters (IAM quotas); 50 denies take 8,600 and leave it some of its own.
  mostOfOneRole: 50,
};
