import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cacheDirectory, isCode, withLock } from './cache.ts';
import { startProcess, waitUntilReady } from './process.ts';
import { findPython, isExecutable, MissingToolError } from './tools.ts';
import type { Log } from './tools.ts';

const run = promisify(execFile);

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const LAUNCHER = fileURLToPath(new URL('moto_launcher.py', import.meta.url));
const READY_TIMEOUT_MS = 60_000;
const INSTALL_TIMEOUT_MS = 15 * 60_000;

/** A running moto. Its authorisation is off: who may do what is decided by the AWS proxy before it. */
export interface MotoServer {
  readonly url: string;
  readonly pid: number;
  /** Ends it, and with it the emulated estate. May be called again. */
  readonly stop: () => Promise<void>;
}

/** Starts moto, corrected by moto_corrections.py, on a free loopback port, and waits until it answers. */
export async function startMoto(options: {
  readonly log: Log;
  readonly directory: string;
  /** Ends an installation under way. */
  readonly signal?: AbortSignal | undefined;
}): Promise<MotoServer> {
  const python = await ensureMotoPython(options.log, options.signal);
  const portFile = join(options.directory, 'moto.port');
  await rm(portFile, { force: true });
  const started = await startProcess({
    name: 'moto',
    command: python,
    arguments: ['-B', LAUNCHER, portFile],
    directory: options.directory,
    environment: motoEnvironment(),
  });
  try {
    const url = await waitUntilReady(started, async () => await answeringUrl(portFile), READY_TIMEOUT_MS);
    return { url, pid: started.pid, stop: started.stop };
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** The Python of a cached environment with moto in it; makes the environment if this machine has none yet. */
export async function ensureMotoPython(log: Log, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .digest('hex')
    .slice(0, 12);
  const directory = join(cacheDirectory(), `moto-5.2.5-${hash}`);
  const python = join(directory, 'bin', 'python');
  // An environment has its own path written into it, so it can't be made elsewhere and renamed: a marker says it is whole.
  const marker = join(directory, '.complete');
  const isComplete = async () => (await exists(marker)) && (await isExecutable(python));
  if (await isComplete()) return python;
  return await withLock(`${directory}.lock`, async () => {
    if (!(await isComplete())) {
      await install(directory, log, signal);
      await writeFile(marker, '');
    }
    return python;
  });
}

async function install(directory: string, log: Log, signal: AbortSignal | undefined): Promise<void> {
  const systemPython = await findPython();
  log('Installing the emulated AWS (moto 5.2.5) with pip; this takes half a minute, once.');
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  const options = { timeout: INSTALL_TIMEOUT_MS, ...(signal === undefined ? {} : { signal }) };
  try {
    await run(systemPython, ['-m', 'venv', directory], options);
    const python = join(directory, 'bin', 'python');
    await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS], options);
    await run(python, ['-m', 'compileall', '-q', join(directory, 'lib')], options).catch(() => undefined);
  } catch (cause) {
    signal?.throwIfAborted();
    throw new MissingToolError(
      `Can't install the emulated AWS (moto) into ${directory}: ${lastLine(cause)} ` +
        'Check that pip can reach its package index, and start again.',
      { cause },
    );
  }
}

function motoEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR } = process.env;
  return {
    PATH,
    HOME,
    LANG,
    TMPDIR,
    // So that policies such as AWSDenyAll can be attached.
    MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    // 0.3 s for each account and Region, and no drill looks for an image.
    MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
  };
}

async function answeringUrl(portFile: string): Promise<string | undefined> {
  try {
    const url = `http://127.0.0.1:${(await readFile(portFile, 'utf8')).trim()}`;
    const response = await fetch(`${url}/firedoor/health`);
    return response.ok ? url : undefined;
  } catch {
    return undefined;
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
