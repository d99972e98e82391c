import { EC2Client } from '@aws-sdk/client-ec2';
import { IAMClient } from '@aws-sdk/client-iam';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ROOT_ACCESS_KEY_ID } from '../proxy/identity.ts';
import { drillRegion } from './common-layout.ts';

/** Who calls, as an AWS SDK client wants it. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** SDK clients of one caller at one endpoint. */
export interface DrillClients {
  readonly ec2: EC2Client;
  readonly iam: IAMClient;
  readonly secrets: SecretsManagerClient;
  /** Closes their connections. */
  destroy(): void;
}

const operator: Credentials = { accessKeyId: ROOT_ACCESS_KEY_ID, secretAccessKey: 'operator' };

/** Clients for an endpoint, by default as the operator, who may do anything. */
export function drillClients(endpoint: string, credentials: Credentials = operator): DrillClients {
  const configuration = { endpoint, region: drillRegion, credentials, maxAttempts: 1 };
  const ec2 = new EC2Client(configuration);
  const iam = new IAMClient(configuration);
  const secrets = new SecretsManagerClient(configuration);
  return {
    ec2,
    iam,
    secrets,
    destroy: () => {
      for (const client of [ec2, iam, secrets]) client.destroy();
    },
  };
}

/** The value, or an error that says which reply lacked it. */
export function present<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`The emulator's reply has no ${what}.`);
  return value;
}
