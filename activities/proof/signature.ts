import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { signatureNamespace } from '../../model/decision.ts';
import type { SignatureAnswer, SignatureCheck } from '../../model/verification.ts';
import { isUntouched } from './presence.ts';

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
 * Reads no file but what the roster holds. A hardware key must have been touched.
 */
export async function checkSignature(check: SignatureCheck): Promise<SignatureAnswer> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-verify-'));
  try {
    const files = await writeFiles(folder, check);
    const { code, output } = await run(verifyArguments(check, files), check.document);
    const key = fingerprintIn(output);
    if (code !== 0 || key === undefined) return await notGood(check, { files, output, folder });
    if (isUntouched(check.signature)) return { good: false, detail: `hardware key ${key} was not touched` };
    return { good: true, key, digest: documentDigest(check.document) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface CheckFiles {
  readonly signers: string;
  readonly signature: string;
  readonly revocations?: string;
}

async function writeFiles(folder: string, check: SignatureCheck): Promise<CheckFiles> {
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    await writeFile(path.join(folder, name), content, { mode: 0o600 });
    return path.join(folder, name);
  };
  const { revocations } = check;
  const [signers, signature] = await Promise.all([
    write('allowed_signers', check.allowedSigners),
    write('signature', check.signature),
  ]);
  if (revocations === undefined) return { signers, signature };
  return { signers, signature, revocations: await write('revocations', Buffer.from(revocations, 'base64')) };
}

function verifyArguments({ by, atMs }: SignatureCheck, { signers, signature, revocations }: CheckFiles): string[] {
  const about = ['-Y', 'verify', '-n', signatureNamespace, '-f', signers, '-I', by, '-s', signature];
  return [...about, ...(revocations === undefined ? [] : ['-r', revocations]), `-Overify-time=${verifyTime(atMs)}`];
}

function fingerprintIn(output: string): string | undefined {
  return /\b(SHA256:[A-Za-z0-9+/]+)/.exec(output)?.[1];
}

/** `ssh-keygen` doesn't say that a key is revoked: it is, where the list alone makes the difference. */
async function notGood(
  check: SignatureCheck,
  { files, output, folder }: { readonly files: CheckFiles; readonly output: string; readonly folder: string },
): Promise<SignatureAnswer> {
  if (files.revocations !== undefined) {
    const { signers, signature } = files;
    const without = await run(verifyArguments(check, { signers, signature }), check.document);
    const key = fingerprintIn(without.output);
    if (without.code === 0 && key !== undefined) return { good: false, detail: `key ${key} is revoked` };
  }
  return { good: false, detail: refusalLine(output, folder) };
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
