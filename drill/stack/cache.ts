import { readFileSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LOCK_POLL_MS = 200;
/** A lock file without a process id in it is being written right now, unless it is older than this. */
const EMPTY_LOCK_MS = 5_000;

/** The folder where the drill keeps what is slow to make: `$XDG_CACHE_HOME/firedoor`, else `~/.cache/firedoor`. */
export function cacheDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const base = environment['XDG_CACHE_HOME'];
  return join(base !== undefined && base !== '' ? base : join(homedir(), '.cache'), 'firedoor');
}

/** Runs `work` while holding a lock file, so that two drills never build the same thing into one place at once. */
export async function withLock<T>(lockFile: string, work: () => Promise<T>): Promise<T> {
  await mkdir(dirname(lockFile), { recursive: true });
  while (!(await tryLock(lockFile))) {
    await dropDeadLock(lockFile);
    await sleep(LOCK_POLL_MS);
  }
  try {
    return await work();
  } finally {
    await rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile: string): Promise<boolean> {
  try {
    const handle = await open(lockFile, 'wx');
    try {
      await handle.writeFile(String(process.pid));
    } finally {
      await handle.close();
    }
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function dropDeadLock(lockFile: string): Promise<void> {
  try {
    const holder = await readFile(lockFile, 'utf8');
    const age = Date.now() - (await stat(lockFile)).mtimeMs;
    if (holder === '' ? age < EMPTY_LOCK_MS : isAlive(Number(holder))) return;
    // Renamed first: of several waiters one gets the file, and checks that it is still the dead one's.
    const taken = `${lockFile}.${process.pid}`;
    await rename(lockFile, taken);
    if ((await readFile(taken, 'utf8')) === holder) await rm(taken, { force: true });
    else await rename(taken, lockFile);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
}

/** Is a process with this id running (as anybody)? One that has ended, and only waits for its parent to look, is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function isZombie(pid: number): boolean {
  try {
    // After the program's name in parentheses comes the state. Only Linux has this file.
    return /\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** Does the error carry this system error code, such as `ENOENT`? */
export function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
