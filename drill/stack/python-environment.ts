import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, isCode, withLock } from './cache.ts';
import { findPython, isExecutable, MissingToolError } from './tools.ts';
import type { Log } from './tools.ts';

const run = promisify(execFile);

const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** What is to be in an environment of its own. */
export interface PythonPackages {
  /** The main package with its version: `moto-5.2.5`. Names the folder in the cache. */
  readonly name: string;
  /** What it is to people: `the emulated AWS (moto 5.2.5)`. */
  readonly words: string;
  /** A pip requirements file, every version pinned. Another content makes another environment. */
  readonly requirements: string;
}

/** The Python of a cached environment with these packages; makes the environment if this machine has none yet. */
export async function ensurePython(packages: PythonPackages, log: Log, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(packages.requirements))
    .digest('hex')
    .slice(0, 12);
  const directory = join(cacheDirectory(), `${packages.name}-${hash}`);
  const python = join(directory, 'bin', 'python');
  // An environment has its own path written into it, so it can't be made elsewhere and renamed: a marker says it is whole.
  const marker = join(directory, '.complete');
  const isComplete = async () => (await exists(marker)) && (await isExecutable(python));
  if (await isComplete()) return python;
  return await withLock(`${directory}.lock`, async () => {
    if (!(await isComplete())) {
      log(`Installing ${packages.words} with pip, once.`);
      await install(packages, directory, signal);
      await writeFile(marker, '');
    }
    return python;
  });
}

async function install(packages: PythonPackages, directory: string, signal: AbortSignal | undefined): Promise<void> {
  const { words, requirements } = packages;
  const systemPython = await findPython();
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const options = { timeout: INSTALL_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
  try {
    await run(systemPython, ['-m', 'venv', directory], options);
    const python = join(directory, 'bin', 'python');
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements], options);
    await run(python, ['-m', 'compileall', '-q', join(directory, 'lib')], options).catch(() => undefined);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new MissingToolError(
      `Can't install ${words} into ${directory}: ${lastLine(cause)} ` +
        'Check that pip can reach its package index, and start again.',
      { cause },
    );
  }
}

async function exists(file: string): Promise<boolean> {
  try {
    await readFile(file);
    return true;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return false;
    throw error;
  }
}

function lastLine(error: unknown): string {
  const message = error instanceof Error ? error.message.trim() : String(error);
  return message.split('\n').at(-1)?.slice(0, 300) ?? '';
}
