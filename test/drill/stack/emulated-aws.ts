import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { STSClient } from '@aws-sdk/client-sts';
import { ROOT_ACCESS_KEY_ID } from '../../../drill/proxy/identity.ts';

/** Credentials as IAM and STS give them. */
export interface Credentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
}

/** One client of each service, all with one attempt. */
export type Clients = ReturnType<typeof clientsAs>;

/** Clients of the real AWS SDK at `endpoint`, with these credentials; without any, the operator's. */
export function clientsAs(endpoint: string, { AccessKeyId, SecretAccessKey, SessionToken }: Credentials = {}) {
  const options = {
    endpoint,
    region: 'eu-west-2',
    maxAttempts: 1,
    credentials: {
      accessKeyId: AccessKeyId ?? ROOT_ACCESS_KEY_ID,
      secretAccessKey: SecretAccessKey ?? 'any',
      ...(SessionToken !== undefined && { sessionToken: SessionToken }),
    },
  };
  return {
    ec2: new EC2Client(options),
    iam: new IAMClient(options),
    sts: new STSClient(options),
    secrets: new SecretsManagerClient(options),
  };
}

/** The name and HTTP status of the error a call ends with; fails if it works. */
export async function errorOf(call: Promise<unknown>): Promise<{ name: string; status: number | undefined }> {
  try {
    await call;
  } catch (error) {
    const metadata = (error as { $metadata?: { httpStatusCode?: number } }).$metadata;
    return { name: (error as Error).name, status: metadata?.httpStatusCode };
  }
  throw new Error('The call worked, where an error was expected.');
}

/** A policy document of one statement. */
export function policyOf(statement: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
}
