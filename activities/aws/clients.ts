import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Account } from '../../model/estate.ts';

/** The AWS clients of one account, in its Region. */
export interface AccountClients {
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly secrets: SecretsManagerClient;
}

/** Clients by account name of the estate. Throws a `TypeError` for an account that the estate lacks. */
export type AwsClients = (account: string) => AccountClients;

/** Sessions are taken for an hour and renewed this long before they end, so that no call starts on a dying one. */
const renewBeforeMs = 5 * 60_000;

/**
 * A call that hangs ends well before the 10 s after which a silent activity counts as dead: the one who made it must be
 * the one who looks whether it happened. Without `throwOnRequestTimeout` the SDK only logs a warning.
 */
const patience = { connectionTimeout: 2_000, requestTimeout: 8_000, throwOnRequestTimeout: true };

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken: string; expiration: Date };

/** Credentials of the account's role, taken through STS with the worker's own; renewed by the SDK when they near their end. */
function assumeRole(account: Account, role: string): () => Promise<Credentials> {
  const sts = new STSClient({ region: account.region, maxAttempts: 1, requestHandler: patience });
  return async () => {
    const answer = await sts.send(
      new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${account.id}:role/${role}`, RoleSessionName: 'firedoor' }),
    );
    const given = answer.Credentials;
    if (!given?.AccessKeyId || !given.SecretAccessKey || !given.SessionToken || !given.Expiration) {
      throw new Error(`STS gave no credentials for ${role} in ${account.name}`);
    }
    return {
      accessKeyId: given.AccessKeyId,
      secretAccessKey: given.SecretAccessKey,
      sessionToken: given.SessionToken,
      expiration: new Date(given.Expiration.getTime() - renewBeforeMs),
    };
  };
}

/**
 * Clients for every account of the estate, made on first use. The SDK makes one attempt: Temporal retries
 * (docs/decisions/0005). Endpoint and base credentials come from the SDK's own configuration chain.
 */
export function createAwsClients(accounts: readonly Account[]): AwsClients {
  const made = new Map<string, AccountClients>();
  return (name) => {
    const known = made.get(name);
    if (known) return known;
    const account = accounts.find((candidate) => candidate.name === name);
    if (!account) throw new TypeError(`the estate has no account ${name}`);
    const options = {
      region: account.region,
      maxAttempts: 1,
      requestHandler: patience,
      ...(account.role === undefined ? {} : { credentials: assumeRole(account, account.role) }),
    };
    const clients = {
      ec2: new EC2Client(options),
      iam: new IAMClient(options),
      secrets: new SecretsManagerClient(options),
    };
    made.set(name, clients);
    return clients;
  };
}
