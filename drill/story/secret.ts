import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import type { Company } from '../company.ts';
import { tryLeakedKey } from '../scenario/attacker.ts';
import type { LeakedKeyAnswer } from '../scenario/attacker.ts';
import { drillClients } from '../scenario/aws-clients.ts';
import { leakedKeyUser } from '../scenario/common-layout.ts';

/** Whether the key that now lies in Secrets Manager for the leaked key's user works. The key itself is shown nowhere. */
export async function worksFromSecret(company: Company): Promise<LeakedKeyAnswer> {
  const clients = drillClients(company.stack.moto.url);
  try {
    const secretName = company.world.scenario.layout.users.find((user) => user.name === leakedKeyUser)?.secret;
    const { SecretString = '{}' } = await clients.secrets.send(new GetSecretValueCommand({ SecretId: secretName }));
    const { accessKeyId = '', secretAccessKey = '' } = JSON.parse(SecretString) as Partial<Record<string, string>>;
    if (accessKeyId === company.world.leakedKey.accessKeyId)
      return { works: false, answer: 'the secret still holds the leaked key' };
    const world = { ...company.world, leakedKey: { accessKeyId, secretAccessKey } };
    return await tryLeakedKey(world, company.stack.proxy.url);
  } finally {
    clients.destroy();
  }
}
