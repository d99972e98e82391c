import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { estateFile } from '../../model/estate.ts';

const run = promisify(execFile);

/** The people of an estate file, given its text. */
export function estatePeople(text: string): readonly { readonly id: string; readonly roles: readonly string[] }[] {
  return estateFile.shape.people.parse((parse(text) as { people?: unknown }).people);
}

/** Makes an ed25519 key without a passphrase, and its `.pub`. Gives its path. Throws if `ssh-keygen` is missing or fails. */
export async function makeKey(file: string, comment: string): Promise<string> {
  await run('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', comment, '-f', file]);
  return file;
}
