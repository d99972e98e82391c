import { spawn } from 'node:child_process';
import type { Context } from '../context.ts';
import { numberedFailure } from '../failure.ts';

/** What a run of `ssh-keygen` came to. */
export interface SshKeygenAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs `ssh-keygen`. It asks for passphrases on the terminal by itself, and reaches the agent through `SSH_AUTH_SOCK`.
 *
 * @throws CliFailure FD-503 where there is none
 */
export async function sshKeygen(
  args: readonly string[],
  options: { readonly env: Context['env']; readonly input?: string },
): Promise<SshKeygenAnswer> {
  const env = { PATH: process.env['PATH'], ...options.env };
  return await new Promise((resolve, reject) => {
    const child = spawn('ssh-keygen', args, { env, stdio: 'pipe' });
    const said = { stdout: '', stderr: '' };
    child.stdout.on('data', (part: Buffer) => (said.stdout += part.toString('utf8')));
    child.stderr.on('data', (part: Buffer) => (said.stderr += part.toString('utf8')));
    child.on('error', (cause) => reject(missing(env.PATH, cause)));
    child.on('close', (code) => resolve({ code: code ?? 255, ...said }));
    // It may end before it has read its input: its exit code says more than the broken pipe.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}

function missing(path: string | undefined, cause: unknown): Error {
  const what = `ssh-keygen can't be run; looked for it in PATH (${path ?? 'not set'}).`;
  return numberedFailure('FD-503', what, { cause });
}
