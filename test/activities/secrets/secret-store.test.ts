import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it } from 'vitest';
import { readCurrentSecret, writeNewKey } from '../../../activities/secrets/secret-store.ts';

interface Command {
  readonly input: Readonly<Record<string, unknown>>;
}

function clientThat(answer: (command: Command) => unknown): SecretsManagerClient {
  return { send: async (command: Command) => await Promise.resolve(answer(command)) } as never;
}

function holding(text: string | undefined): SecretsManagerClient {
  return clientThat(() => ({ VersionId: 'v1', SecretString: text }));
}

function failing(name: string): SecretsManagerClient {
  return clientThat(() => {
    throw Object.assign(new Error('no'), { name });
  });
}

describe('reading a secret', () => {
  it('says the version and the key id, and nothing else of the value', async () => {
    const text = JSON.stringify({ accessKeyId: 'AKIA1', secretAccessKey: 'hush', password: 'hush too' });
    expect(await readCurrentSecret(holding(text), 'a')).toEqual({ version: 'v1', accessKeyId: 'AKIA1' });
  });

  it.each([['text'], ['null'], ['"AKIA1"'], ['[]'], ['{}'], ['{"accessKeyId":7}'], [undefined]])(
    'finds no key id in %s',
    async (text) => {
      expect(await readCurrentSecret(holding(text), 'a')).toEqual({ version: 'v1' });
    },
  );

  it('takes a missing secret for an answer, and a refusal for an error', async () => {
    expect(await readCurrentSecret(failing('ResourceNotFoundException'), 'a')).toBeUndefined();
    await expect(readCurrentSecret(failing('AccessDeniedException'), 'a')).rejects.toThrow('no');
  });
});

describe('writing a new key', () => {
  it('sends exactly the two fields, as the version given', async () => {
    const sent: Command[] = [];
    const client = clientThat((command) => sent.push(command));
    const key = { accessKeyId: 'AKIA2', secretAccessKey: 'hush', status: 'Active' };
    await writeNewKey(client, { name: 'keys/one', version: 'f'.repeat(64) }, key);
    expect(sent.map(({ input }) => input)).toEqual([
      {
        SecretId: 'keys/one',
        ClientRequestToken: 'f'.repeat(64),
        SecretString: '{"accessKeyId":"AKIA2","secretAccessKey":"hush"}',
      },
    ]);
  });
});
