import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signatureNamespace } from '../../model/decision.ts';

/** A signature to check: the exact bytes signed, whom they name, and the time they are judged at. */
export interface SignatureCheck {
  readonly document: string;
  readonly signature: string;
  readonly by: string;
  readonly allowedSigners: string;
  readonly atMs: number;
}

/** Good with the key's fingerprint and the document's sha256 (the sandbox has no crypto), or not, with the verifier's own word. */
export type SignatureAnswer =
  | { readonly good: true; readonly key: string; readonly digest: string }
  | { readonly good: false; readonly detail: string };

/** `ssh-keygen` reads verify-time as local time; the child runs in UTC (ssh-keygen(1), -O verify-time). */
function verifyTime(atMs: number): string {
  return new Date(atMs).toISOString().replace(/[-:T]/g, '').slice(0, 14);
}

function run(args: readonly string[], input: string): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { env: { PATH: process.env['PATH'], TZ: 'UTC' }, stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (part: Buffer) => (output += part.toString('utf8')));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 255, output }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/**
 * Checks an SSHSIG with `ssh-keygen -Y verify`: the one verifier of CLI, worker and audit (docs/decisions/0004).
 * Reads no file but the roster given.
 */
export async function checkSignature(check: SignatureCheck): Promise<SignatureAnswer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-verify-'));
  try {
    const signers = path.join(folder, 'allowed_signers');
    const signature = path.join(folder, 'signature');
    await Promise.all([
      writeFile(signers, check.allowedSigners, { mode: 0o600 }),
      writeFile(signature, check.signature, { mode: 0o600 }),
    ]);
    const { code, output } = await run(
      [
        '-Y',
        'verify',
        '-n',
        signatureNamespace,
        '-f',
        signers,
        '-I',
        check.by,
        '-s',
        signature,
        `-Overify-time=${verifyTime(check.atMs)}`,
      ],
      check.document,
    );
    const key = /\b(SHA256:[A-Za-z0-9+/]+)/.exec(output)?.[1];
    if (code === 0 && key !== undefined) return { good: true, key, digest: documentDigest(check.document) };
    return { good: false, detail: refusalLine(output, folder) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first line ssh-keygen said, without our temporary path, printable and short. */
function refusalLine(output: string, folder: string): string {
  const line = output.split('\n').find((text) => text.trim() !== '') ?? 'ssh-keygen gave no reason';
  return line
    .replaceAll(folder, '')
    .replace(/[^\x20-\x7e]/g, '?')
    .slice(0, 160);
}

/** sha256 of a signed document: what `start` in later decisions refers to. */
export function documentDigest(document: string): string {
  return `sha256:${createHash('sha256').update(document, 'utf8').digest('hex')}`;
}
