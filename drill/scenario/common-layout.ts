import { actions } from '../../model/actions/index.ts';
import type { RoleLayout, UserLayout } from './layout.ts';

/** The account that the emulator gives to callers who are nobody in IAM. */
export const drillAccountId = '123456789012';
export const drillRegion = 'eu-west-2';

/** The user whose access key the attacker holds, and the name under which the rightful owner keeps that key. */
export const leakedKeyUser = 'directory-sync';
const leakedKeySecret = 'retail/directory-sync';

/** Identities every scenario has. */
export const commonUsers: readonly UserLayout[] = [
  {
    name: leakedKeyUser,
    allows: [
      'ec2:DescribeInstances',
      'ec2:Describe*',
      'iam:ListUsers',
      'iam:ListAccessKeys',
      'iam:CreateAccessKey',
      'iam:UpdateAccessKey',
    ],
    secret: leakedKeySecret,
  },
  { name: 'backup-agent', allows: ['ec2:CreateSnapshot', 'ec2:DescribeVolumes'] },
];

/** Roles every scenario has. The responder may do what the actions declare, and read; no more. */
export const commonRoles: readonly RoleLayout[] = [
  { name: 'vdi-fleet', allows: ['s3:GetObject', 'ec2:DescribeTags'], trusts: 'hosts' },
  { name: 'till-gateway', allows: ['sqs:SendMessage', 'sqs:ReceiveMessage'], trusts: 'hosts' },
  { name: 'firedoor-responder', allows: responderPermissions(), trusts: 'account' },
];

function responderPermissions(): readonly string[] {
  const declared = Object.values(actions).flatMap(({ permissions }) => [
    ...permissions.read,
    ...permissions.apply,
    ...permissions.undo,
  ]);
  return [...new Set([...declared, 'ec2:Describe*', 'iam:Get*', 'iam:List*', 'sts:GetCallerIdentity'])].toSorted();
}
