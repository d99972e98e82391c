import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { classify } from '../aws/errors.ts';

/** A new access key on its way from IAM into the store. The one value here that nobody may keep, log or return. */
export interface NewKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** What may be known of a secret: the version that is current, and the id of the access key in it. Never its value. */
export interface CurrentSecret {
  readonly version: string;
  readonly accessKeyId?: string;
}

/** The id of the access key in a secret's text; other secrets, and other JSON, hold none. */
function accessKeyIdIn(text: string | undefined): string | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    const id =
      typeof value === 'object' && value !== null ? (value as { accessKeyId?: unknown }).accessKeyId : undefined;
    return typeof id === 'string' ? id : undefined;
  } catch {
    // JSON.parse quotes what it can't read: that error must not travel.
    return undefined;
  }
}

/**
 * Reads which access key a secret holds. `undefined` when the account has no such secret, or when it has no value yet.
 * Throws the SDK's errors otherwise.
 */
export async function readCurrentSecret(
  client: SecretsManagerClient,
  name: string,
): Promise<CurrentSecret | undefined> {
  try {
    const { VersionId: version, SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: name }));
    const accessKeyId = accessKeyIdIn(text);
    return { version: version ?? '', ...(accessKeyId === undefined ? {} : { accessKeyId }) };
  } catch (error) {
    if (classify(error) === 'gone') return undefined;
    throw error;
  }
}

/**
 * Makes a new access key the current value of a secret, as JSON with `accessKeyId` and `secretAccessKey`.
 *
 * @param version the version it becomes: written twice with the same key it is one version (Secrets Manager API
 *   reference, *PutSecretValue*, ClientRequestToken)
 */
export async function writeNewKey(
  client: SecretsManagerClient,
  secret: { readonly name: string; readonly version: string },
  { accessKeyId, secretAccessKey }: NewKey,
): Promise<void> {
  await client.send(
    new PutSecretValueCommand({
      SecretId: secret.name,
      ClientRequestToken: secret.version,
      SecretString: JSON.stringify({ accessKeyId, secretAccessKey }),
    }),
  );
}
