import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory, withLock } from './cache.ts';
import { findOnPath, isExecutable, MissingToolError } from './tools.ts';
import type { Log } from './tools.ts';

const run = promisify(execFile);

/** 1.5.1 is the last version that `go install …@version` accepts: later ones have a `replace` in their go.mod. */
const VERSION = 'v1.5.1';
const MODULE = `github.com/temporalio/cli/cmd/temporal@${VERSION}`;
const BUILD_TIMEOUT_MS = 30 * 60_000;

/**
 * The `temporal` program, which holds the dev server: from `FIREDOOR_TEMPORAL_CLI`, else `PATH`, else the cache, else
 * built by `go install` into the cache (once), else downloaded by the SDK. Gives its path, or throws MissingToolError.
 */
export async function findTemporalCli(
  log: Log,
  environment: NodeJS.ProcessEnv = process.env,
  signal?: AbortSignal,
): Promise<string> {
  const named = environment['FIREDOOR_TEMPORAL_CLI'];
  if (named !== undefined && named !== '') return await requireNamed(named);
  const onPath = await findOnPath('temporal', environment['PATH'] ?? '');
  if (onPath !== undefined) return onPath;
  const cached = join(cacheDirectory(environment), 'temporal', VERSION, 'temporal');
  if (await isExecutable(cached)) return cached;
  return await withLock(`${cached}.lock`, async () => {
    if (await isExecutable(cached)) return cached;
    return await make(cached, { log, environment, signal });
  });
}

async function requireNamed(file: string): Promise<string> {
  if (await isExecutable(file)) return file;
  throw new MissingToolError(
    `FIREDOOR_TEMPORAL_CLI names ${file}, which is not a program. Set it to the temporal CLI, or unset it.`,
  );
}

interface Making {
  readonly log: Log;
  readonly environment: NodeJS.ProcessEnv;
  /** Ends a build under way. */
  readonly signal: AbortSignal | undefined;
}

async function make(target: string, making: Making): Promise<string> {
  const failures: string[] = [];
  for (const way of [build, download]) {
    const scratch = await mkdtemp(join(dirname(target), 'making-'));
    try {
      await way(scratch, making);
      // Renamed into place whole: a build that was interrupted never looks like a program.
      await rename(await onlyProgramIn(scratch), target);
      return target;
    } catch (error) {
      making.signal?.throwIfAborted();
      failures.push(firstLine(error));
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  throw new MissingToolError(
    `No temporal CLI: not in FIREDOOR_TEMPORAL_CLI, on PATH, or at ${target}; building it failed (${failures[0]}), ` +
      `downloading it failed (${failures[1]}). Install Go 1.25 or later, or the CLI (https://docs.temporal.io/cli) on PATH.`,
  );
}

async function build(scratch: string, { log, environment, signal }: Making): Promise<void> {
  const go = await findOnPath('go', environment['PATH'] ?? '');
  if (go === undefined) throw new Error('no go on PATH');
  log(`Building the Temporal CLI ${VERSION} with go install; this takes some minutes, once.`);
  await mkdir(scratch, { recursive: true });
  const options = { env: { ...environment, GOBIN: scratch }, timeout: BUILD_TIMEOUT_MS };
  await run(go, ['install', MODULE], signal === undefined ? options : { ...options, signal });
}

/** The SDK downloads its own copy only while it starts a server from it, so one is started and ended. */
async function download(scratch: string, { log }: Making): Promise<void> {
  log('Downloading the Temporal CLI with the Temporal SDK; this happens once.');
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const server = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'cached-download', downloadDir: scratch } },
  });
  await server.teardown();
}

async function onlyProgramIn(directory: string): Promise<string> {
  const [name] = (await readdir(directory)).filter((file) => file.startsWith('temporal'));
  if (name === undefined) throw new Error(`nothing named temporal arrived in ${directory}`);
  const file = join(directory, name);
  await chmod(file, 0o755);
  return file;
}

function firstLine(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n').slice(0, 2).join(' ').slice(0, 200);
}
