import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SignedDecision } from '../../model/decision.ts';
import { signatureNamespace } from '../../model/decision.ts';
import type { Context } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { sshKeygen } from './ssh-keygen.ts';

/** A key that can sign: its file, and its fingerprint as people compare it. */
export interface SigningKey {
  readonly file: string;
  /** `SHA256:…` */
  readonly fingerprint: string;
}

/** In the order `ssh` itself tries them (ssh_config(5), IdentityFile). */
const usualNames = ['id_ed25519', 'id_ed25519_sk', 'id_ecdsa', 'id_ecdsa_sk', 'id_rsa'];

/**
 * The keys to sign with, best first: the one named, else `FIREDOOR_SIGN_WITH`, else those in `~/.ssh`. A `.pub` file means
 * that the agent holds the private half.
 *
 * @throws CliFailure where there is none, or the one named can't be read
 */
export async function findKeys(context: Context, named: string | undefined): Promise<readonly SigningKey[]> {
  const file = named ?? context.env['FIREDOOR_SIGN_WITH'];
  if (file !== undefined && file !== '') return [await readKey(context, resolve(context.cwd, file))];
  const folder = join(context.env['HOME'] ?? '/', '.ssh');
  const found = await Promise.all(usualNames.map(async (name) => await existing(join(folder, name))));
  const keys = await Promise.all(found.flat().map(async (path) => await readKey(context, path).catch(() => [])));
  const usable = keys.flat();
  if (usable.length > 0) return usable;
  throw new CliFailure(
    `No key to sign with: ${folder} holds none of ${usualNames.join(', ')}. Name one with --sign-with FILE or FIREDOOR_SIGN_WITH; with a .pub file the agent signs.`,
    { exitCode: exitCodes.notAuthorised },
  );
}

/** Signs a document as SSHSIG, namespace `decision@firedoor` (reference: PROTOCOL.sshsig). */
export async function signDocument(context: Context, key: SigningKey, document: string): Promise<SignedDecision> {
  const { code, stdout, stderr } = await sshKeygen(['-Y', 'sign', '-n', signatureNamespace, '-f', key.file], {
    env: context.env,
    input: document,
  });
  if (code === 0 && stdout.startsWith('-----BEGIN SSH SIGNATURE-----')) return { document, signature: stdout };
  const remedy = key.file.endsWith('.pub')
    ? 'The agent must hold its private half: ssh-add -L lists what it holds.'
    : 'Check its permissions and passphrase, or name another with --sign-with.';
  throw keyFailure(`The key ${key.file} can't sign: ${reason(stderr)}. ${remedy}`);
}

async function readKey(context: Context, file: string): Promise<SigningKey> {
  const { code, stdout, stderr } = await sshKeygen(['-l', '-E', 'sha256', '-f', file], { env: context.env });
  const fingerprint = /\b(SHA256:[A-Za-z0-9+/]+)/.exec(stdout)?.[1];
  if (code === 0 && fingerprint !== undefined) return { file, fingerprint };
  throw keyFailure(`The key ${file} can't be read: ${reason(stderr)}. Name another with --sign-with FILE.`);
}

async function existing(path: string): Promise<readonly string[]> {
  return await access(path).then(
    () => [path],
    () => [],
  );
}

/** The last line is the reason; those before it say what is being done. */
function reason(stderr: string): string {
  const lines = stderr.split(/\r?\n/).filter((line) => line.trim() !== '');
  return (lines.at(-1) ?? 'ssh-keygen gave no reason').replace(/[.\s]+$/, '').slice(0, 200);
}

function keyFailure(message: string): CliFailure {
  return new CliFailure(escapeControls(message), { exitCode: exitCodes.notAuthorised });
}
