import { ec2Buckets } from '../buckets.ts';
import type { InstanceAction } from '../definition.ts';

/** Cuts every interface of a host off: through an all-access group, so that tracked connections die, to an empty one. */
export const isolate: InstanceAction<'aws.ec2.isolate'> = {
  name: 'aws.ec2.isolate',
  target: 'instance',
  summary: 'isolate hosts: every interface into a group that lets nothing in or out',
  verb: 'isolate',
  done: 'isolated',
  effect: 'down',
  undo: 'exact',
  shares: true,
  permissions: {
    read: ['ec2:DescribeInstances', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSecurityGroups'],
    apply: [
      'ec2:AuthorizeSecurityGroupEgress',
      'ec2:AuthorizeSecurityGroupIngress',
      'ec2:CreateSecurityGroup',
      'ec2:CreateTags',
      'ec2:ModifyNetworkInterfaceAttribute',
      'ec2:RevokeSecurityGroupEgress',
      'ec2:RevokeSecurityGroupIngress',
    ],
    undo: ['ec2:DeleteSecurityGroup', 'ec2:DeleteTags', 'ec2:ModifyNetworkInterfaceAttribute'],
  },
  cost: (instance) => [{ bucket: ec2Buckets.modifyNetworkInterfaceAttribute, calls: 2 * instance.interfaces.length }],
  undoCost: (instance) => [{ bucket: ec2Buckets.modifyNetworkInterfaceAttribute, calls: instance.interfaces.length }],
};
