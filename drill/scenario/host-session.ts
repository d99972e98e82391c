import { DescribeTagsCommand } from '@aws-sdk/client-ec2';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { ROOT_ACCESS_KEY_ID } from '../proxy/identity.ts';
import { drillClients, present } from './aws-clients.ts';
import type { Credentials } from './aws-clients.ts';
import { drillRegion } from './common-layout.ts';
import type { World } from './seed.ts';

/** Credentials of a host's role, as its metadata service hands them to whoever is on the host: EC2 names the session after it. */
export async function takeHostSession(
  { scenario }: World,
  endpoint: string,
  { host, role }: { readonly host: string; readonly role: string },
): Promise<Credentials> {
  const credentials = { accessKeyId: ROOT_ACCESS_KEY_ID, secretAccessKey: 'operator' };
  const sts = new STSClient({ endpoint, region: drillRegion, credentials, maxAttempts: 1 });
  try {
    const RoleArn = `arn:aws:iam::${scenario.layout.accountId}:role/${role}`;
    const { Credentials: given } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: host }));
    return {
      accessKeyId: present(given?.AccessKeyId, 'access key'),
      secretAccessKey: present(given?.SecretAccessKey, 'secret access key'),
      sessionToken: present(given?.SessionToken, 'session token'),
    };
  } finally {
    sts.destroy();
  }
}

/** Uses a host's credentials: one real, signed call (ec2:DescribeTags) to the endpoint, the AWS proxy. `works`, or the error's name. */
export async function tryHostSession(endpoint: string, session: Credentials): Promise<string> {
  const clients = drillClients(endpoint, session);
  try {
    await clients.ec2.send(new DescribeTagsCommand({}));
    return 'works';
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  } finally {
    clients.destroy();
  }
}
