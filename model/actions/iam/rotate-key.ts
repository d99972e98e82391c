import { principalParts } from '../../names.ts';
import { iamBucket } from '../buckets.ts';
import type { PrincipalAction } from '../definition.ts';

/** Replaces a user's access key: the new one goes straight into Secrets Manager, then the old one is made inactive. */
export const rotateKey: PrincipalAction<'aws.iam.rotateKey'> = {
  name: 'aws.iam.rotateKey',
  target: 'principal',
  summary: "replace users' access keys; the new key goes from IAM to Secrets Manager and nowhere else",
  verb: 'rotate the key of',
  done: 'rotated',
  effect: 'principal',
  undo: 'kept',
  shares: false,
  permissions: {
    read: ['iam:ListAccessKeys', 'secretsmanager:GetSecretValue'],
    apply: ['iam:CreateAccessKey', 'iam:DeleteAccessKey', 'iam:UpdateAccessKey', 'secretsmanager:PutSecretValue'],
    undo: [],
  },
  cost: () => [{ bucket: iamBucket, calls: 2 }],
  unfit: (principal) => (principalParts(principal.id).kind === 'role' ? 'a role has no access keys' : undefined),
};
