import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Takes one line for a person to read. */
export type Log = (line: string) => void;

/** Something the drill needs is not on this machine. The message is one line: what, where it looked, what to do. */
export class MissingToolError extends Error {
  override readonly name = 'MissingToolError';
}

/** The full path of a program on `PATH`, or undefined. */
export async function findOnPath(program: string, path = process.env['PATH'] ?? ''): Promise<string | undefined> {
  for (const directory of path.split(delimiter).filter((part) => part !== '')) {
    const candidate = join(directory, program);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

/** May this process run the file? */
export async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Python 3.10 or later with venv: what moto runs on, and peers of benches. Gives its path, or throws MissingToolError. */
export async function findPython(path?: string): Promise<string> {
  const python = await findOnPath('python3', path);
  if (python === undefined) {
    throw new MissingToolError(
      'No python3 on PATH, which the emulated AWS and peers of benches run on. Install Python 3.10 or later.',
    );
  }
  try {
    await run(python, ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))']);
    return python;
  } catch (cause) {
    throw new MissingToolError(
      `${python} can't make the environment for Python packages: it is older than 3.10 or has no venv. ` +
        'Install Python 3.10 or later with its venv package (Debian: python3-venv).',
      { cause },
    );
  }
}

/** `ssh-keygen`, which makes and checks every signature. Gives its path, or throws MissingToolError. */
async function findSshKeygen(path?: string): Promise<string> {
  const found = await findOnPath('ssh-keygen', path);
  if (found !== undefined) return found;
  throw new MissingToolError(
    'No ssh-keygen on PATH, which signs and checks decisions. Install OpenSSH (Debian: openssh-client).',
  );
}

/** Checks all at once for what the drill can't fetch by itself. Throws one MissingToolError naming everything missing. */
export async function requireTools(path?: string): Promise<void> {
  const checks = await Promise.allSettled([findPython(path), findSshKeygen(path)]);
  const problems = checks.flatMap((check) => (check.status === 'rejected' ? [String(messageOf(check.reason))] : []));
  if (problems.length > 0) throw new MissingToolError(problems.join(' '));
}

function messageOf(reason: unknown): string {
  return reason instanceof Error ? reason.message : String(reason);
}
