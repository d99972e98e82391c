import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Roster } from '../../../model/plan.ts';

/** Key pairs on disk, one for each person of a roster and one of a stranger. */
export interface Keys {
  readonly folder: string;
  readonly roster: Roster;
  /** Path of a person's private key. */
  readonly file: (id: string) => string;
  readonly remove: () => Promise<void>;
}

const roles: Readonly<Record<string, readonly string[]>> = {
  'ada@example.org': ['ir-lead'],
  'bo@example.org': ['platform'],
  'cy@example.org': ['ir-lead'],
};

/** Makes the keys; whoever made them removes them. */
export async function makeKeys(): Promise<Keys> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-keys-'));
  await mkdir(path.join(folder, '.ssh'));
  const file = (id: string): string => path.join(folder, '.ssh', id);
  const everybody = [...Object.keys(roles), 'stranger'];
  await Promise.all(
    everybody.map(async (id) => {
      await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', id, '-f', file(id)]);
    }),
  );
  const lines = await Promise.all(Object.keys(roles).map(async (id) => `${id} ${await publicKey(file(id))}\n`));
  return {
    folder,
    roster: {
      people: Object.entries(roles).map(([id, held]) => ({ id, roles: [...held] })),
      allowedSigners: lines.join(''),
      authority: {},
    },
    file,
    remove: async () => await rm(folder, { recursive: true, force: true }),
  };
}

async function publicKey(file: string): Promise<string> {
  const [type, key] = (await readFile(`${file}.pub`, 'utf8')).split(' ');
  return `namespaces="decision@firedoor" ${type} ${key}`;
}
