import { principalParts } from '../../names.ts';
import { iamBucket } from '../buckets.ts';
import type { PrincipalAction } from '../definition.ts';

/** Takes an identity away: users by an inline deny and inactive keys, roles by a closed trust policy and denied older sessions. */
export const contain: PrincipalAction<'aws.iam.contain'> = {
  name: 'aws.iam.contain',
  target: 'principal',
  summary: 'deny users and roles everything: keys inactive, trust closed, older sessions denied',
  verb: 'deny',
  done: 'denied',
  effect: 'principal',
  undo: 'exact',
  shares: true,
  permissions: {
    read: [
      'iam:GetRole',
      'iam:GetRolePolicy',
      'iam:GetUserPolicy',
      'iam:ListAccessKeys',
      'iam:ListRolePolicies',
      'iam:ListUserPolicies',
    ],
    apply: ['iam:PutRolePolicy', 'iam:PutUserPolicy', 'iam:UpdateAccessKey', 'iam:UpdateAssumeRolePolicy'],
    undo: ['iam:DeleteRolePolicy', 'iam:DeleteUserPolicy', 'iam:UpdateAccessKey', 'iam:UpdateAssumeRolePolicy'],
  },
  cost: (principal) => [
    { bucket: iamBucket, calls: principalParts(principal.id).kind === 'user' ? 1 + principal.keys.length : 2 },
  ],
};
