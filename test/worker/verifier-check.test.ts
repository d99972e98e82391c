import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { verifierProblems } from '../../worker/verifier-check.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

it('finds no problem with ssh-keygen alone, an empty list, public keys, or a KRL', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-krl-'));
  try {
    const file = (name: string): string => path.join(folder, name);
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file('key')]);
    await promisify(execFile)('ssh-keygen', ['-q', '-k', '-f', file('krl'), file('key.pub')]);
    const lists = [undefined, '', await readFile(file('key.pub'), 'base64'), await readFile(file('krl'), 'base64')];
    for (const list of lists) expect(await verifierProblems(list)).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('says so of a list beside which no signature would be good', async () => {
  for (const text of ['nonsense\n', 'SHA256:RYoGDaPIoYJLfxjW5UNcWjS1yu1G/n6LNf+1GWY1d9k\n', 'SSHKRL\n\0half']) {
    const [line = ''] = await verifierProblems(base64(text));
    expect(line).toMatch(
      /^revocations: found a file beside which ssh-keygen takes no signature as good, expected a KRL/,
    );
  }
});
