import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startProcess, waitUntilReady } from './process.ts';
import { ensurePython } from './python-environment.ts';
import type { Log } from './tools.ts';

const PACKAGES = {
  name: 'moto-5.2.5',
  words: 'the emulated AWS (moto 5.2.5)',
  requirements: fileURLToPath(new URL('requirements.txt', import.meta.url)),
};
const LAUNCHER = fileURLToPath(new URL('moto_launcher.py', import.meta.url));
const READY_TIMEOUT_MS = 60_000;

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
  const python = await ensurePython(PACKAGES, options.log, options.signal);
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
