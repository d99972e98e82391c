import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig, WorkerConfigError } from '../../worker/config.ts';
import { smallEstate, storesCsv } from '../documents/estate-text.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firedoor-config-'));
  await mkdir(path.join(folder, 'sites'));
  await put('estate.yaml', smallEstate);
  await put('sites/stores.csv', storesCsv);
  await put('allowed_signers', 'ada@example.org namespaces="decision@firedoor" ssh-ed25519 AAAA\n');
  await put('worker.key', `${'ab'.repeat(32)}\n`);
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

const put = async (name: string, text: string): Promise<void> => await writeFile(path.join(folder, name), text);

async function load(changes: Readonly<Record<string, string | undefined>> = {}): ReturnType<typeof loadConfig> {
  const fields = {
    apiVersion: 'firedoor/v1',
    kind: 'Worker',
    estate: 'estate.yaml',
    allowedSigners: 'allowed_signers',
    key: 'worker.key',
    encryption: 'none',
    ...changes,
  };
  const lines = Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [`${key}: ${value}`]));
  await put('worker.yaml', lines.join('\n'));
  return await loadConfig(path.join(folder, 'worker.yaml'));
}

async function problemsOf(changes: Parameters<typeof load>[0]): Promise<readonly string[]> {
  const error: unknown = await load(changes).catch((thrown: unknown) => thrown);
  if (!(error instanceof WorkerConfigError)) throw error;
  return error.problems.map((line) => line.replaceAll(`${folder}/`, ''));
}

describe('the configuration of a worker', () => {
  it('is read with everything it points at, and serves every account of the estate', async () => {
    const config = await load();
    expect(config.estate.estate.name).toBe('retail');
    expect(config.key).toHaveLength(32);
    expect(config.allowedSigners).toContain('ada@example.org');
    expect(config).toMatchObject({ accounts: ['retail'], iamPropagationMs: 10_000, workflowBundle: undefined });
  });

  it('says out loud that nothing is encrypted, since nothing is', async () => {
    expect(await problemsOf({ encryption: undefined })).toContain(
      'worker.yaml:1:1  encryption: found nothing, expected "none", or a mapping',
    );
    expect(await problemsOf({ encryption: 'aes' })).toContain(
      'worker.yaml:6:13  encryption: found "aes", expected "none", or a mapping',
    );
  });

  it('takes payload keys from a file, newest first, and says which line of it is wrong', async () => {
    await put('payload-keys', `new ${'a'.repeat(64)}\nold ${'b'.repeat(64)}\n`);
    expect((await load({ encryption: '{ keys: payload-keys }' })).payloadKeys?.current.id).toBe('new');
    await put('payload-keys', 'new 12\n');
    expect(await problemsOf({ encryption: '{ keys: payload-keys }' })).toContain(
      'encryption.keys: payload-keys:1:1  expected a name, a space, and 64 hex digits',
    );
  });

  it('names every problem of the files it points at, at once', async () => {
    await put('estate.yaml', smallEstate.replace('"000123456789"', '000123456789'));
    await put('worker.key', 'short');
    const problems = await problemsOf({ allowedSigners: 'nobody' });
    expect(problems).toEqual([
      'allowedSigners: found no readable file nobody, expected one',
      expect.stringContaining('found the number 123456789, expected 12 digits in quotes: "000123456789"'),
      '1 problem.',
      'key: expected at least 64 hex digits in the file',
    ]);
  });

  it('holds the list of revoked keys as it stands, and none where none is named', async () => {
    await put('revoked', 'ssh-ed25519 AAAA\n');
    expect((await load()).revocations).toBeUndefined();
    const { revocations } = await load({ revocations: 'revoked' });
    expect(Buffer.from(revocations ?? '', 'base64').toString()).toBe('ssh-ed25519 AAAA\n');
  });

  it('never takes a list of revoked keys that is not there for an empty one', async () => {
    expect(await problemsOf({ revocations: 'nowhere' })).toContainEqual(expect.stringContaining('nowhere'));
  });

  it('refuses accounts that the estate lacks', async () => {
    expect(await problemsOf({ accounts: '[retail, wholesale]' })).toEqual([
      'accounts: found wholesale, expected of retail',
    ]);
  });
});
