import { spawn } from 'node:child_process';

/** Why signatures can't be checked on this machine, one line each; empty when they can. */
export async function verifierProblems(): Promise<readonly string[]> {
  const isThere = await new Promise<boolean>((resolve) => {
    // Without arguments that make sense it complains and ends; all that counts is that it was started.
    const child = spawn('ssh-keygen', ['-Y'], { env: { PATH: process.env['PATH'] }, stdio: 'ignore' });
    child.once('error', () => resolve(false));
    child.once('close', () => resolve(true));
  });
  return isThere
    ? []
    : ['FD-503 No ssh-keygen on PATH, which checks every signature. Install OpenSSH (Debian: openssh-client).'];
}
