import { execFile, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { checkSignature } from '../activities/proof/signature.ts';
import { signatureNamespace } from '../model/decision.ts';

/**
 * Why signatures can't be checked on this machine, one line each; empty when they can.
 *
 * @param revocations - the list of revoked keys, base64. `ssh-keygen` takes no signature as good beside one that it can't read.
 */
export async function verifierProblems(revocations?: string): Promise<readonly string[]> {
  const isThere = await new Promise<boolean>((resolve) => {
    // Without arguments that make sense it complains and ends; all that counts is that it was started.
    const child = spawn('ssh-keygen', ['-Y'], { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('close', () => resolve(true));
  });
  if (!isThere) {
    return ['FD-503 No ssh-keygen on PATH, which checks every signature. Install OpenSSH (Debian: openssh-client).'];
  }
  if (revocations === undefined || (await isUsable(revocations))) return [];
  return [
    'revocations: found a file beside which ssh-keygen takes no signature as good, expected a KRL (ssh-keygen -k) or public keys, one a line',
  ];
}

/** Signs with a key made for this and lets the signature be checked beside the list. */
async function isUsable(revocations: string): Promise<boolean> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firedoor-check-'));
  try {
    const key = path.join(folder, 'key');
    await promisify(execFile)('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', key]);
    const signing = promisify(execFile)('ssh-keygen', ['-q', '-Y', 'sign', '-n', signatureNamespace, '-f', key]);
    signing.child.stdin?.end('check');
    const by = 'check@example.org';
    const { stdout: signature } = await signing;
    const allowedSigners = `${by} ${await readFile(`${key}.pub`, 'utf8')}`;
    return (await checkSignature({ document: 'check', signature, by, allowedSigners, revocations, atMs: Date.now() }))
      .good;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
