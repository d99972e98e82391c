import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedWorld } from './scenario/seed.ts';
import type { World } from './scenario/seed.ts';
import { scenarios } from './scenario/scenarios.ts';
import type { ScenarioName } from './scenario/scenarios.ts';
import { writeScenario } from './scenario/write.ts';
import type { WrittenScenario } from './scenario/write.ts';
import type { ManagedProcess } from './stack/process.ts';
import { startProcess, waitUntilReady } from './stack/process.ts';
import { startStack } from './stack/stack.ts';
import type { Stack } from './stack/stack.ts';
import type { Log } from './stack/tools.ts';
import { startTwin } from './twin/twin.ts';
import type { Twin } from './twin/twin.ts';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const workerReadyMs = 90_000;

export interface CompanyOptions {
  readonly scenario: ScenarioName;
  readonly log: Log;
  /** Worker processes to start. Default 2. */
  readonly workers?: number;
  /** Without Temporal's web UI. */
  readonly headless?: boolean;
  /** Program that runs a worker on a configuration file; the product's own command unless sabotaged. */
  readonly workerProgram?: readonly string[];
  /** Aborted, the opening ends: nothing of it stays, and the reason is thrown. */
  readonly signal?: AbortSignal;
}

/** The emulated company: its AWS, its sites, its responders' tools, and the workers. */
export interface Company {
  readonly stack: Stack;
  readonly files: WrittenScenario;
  readonly world: World;
  readonly twin: Twin;
  readonly workers: () => readonly ManagedProcess[];
  /** Starts one more worker process and waits until it polls. */
  readonly startWorker: () => Promise<ManagedProcess>;
  /** Ends everything, in order; may be called again. */
  readonly close: () => Promise<void>;
}

const cliWorker = [path.join(root, 'cli', 'main.ts'), 'worker', '--config'];

/** Opens the company: stack, seeded world, twin, scenario files, workers. If a part fails, what was started is ended. */
export async function openCompany(options: CompanyOptions): Promise<Company> {
  const { signal } = options;
  const stack = await startStack({ log: options.log, headless: options.headless, signal });
  const opened: (() => Promise<void>)[] = [async () => await stack.stop()];
  const close = async (): Promise<void> => {
    for (const end of opened.splice(0).toReversed()) await end();
  };
  try {
    signal?.throwIfAborted();
    await writeFile(emptyProfile(stack), '[profile.default]\n');
    const scenario = scenarios[options.scenario];
    const world = await seedWorld(scenario, { endpoint: stack.proxy.url });
    const twin = await startTwin({ world, endpoint: stack.moto.url });
    opened.push(async () => await twin.stop());
    const files = await writeScenario(scenario, path.join(stack.dir, 'estate'), { twinUrl: twin.url });
    const config = await writeWorkerConfig(files);
    const workers: ManagedProcess[] = [];
    opened.push(async () => void (await Promise.all(workers.map(async (worker) => await worker.stop()))));
    const startWorker = async (): Promise<ManagedProcess> => {
      const worker = await startWorkerProcess(stack, {
        config,
        number: workers.length + 1,
        program: options.workerProgram,
      });
      workers.push(worker.process);
      await worker.ready;
      return worker.process;
    };
    // One after another: the first builds and keeps the workflow bundle that the others run.
    for (let count = options.workers ?? 2; count > 0; count -= 1) {
      signal?.throwIfAborted();
      await startWorker();
    }
    signal?.throwIfAborted();
    stack.proxy.reset();
    return { stack, files, world, twin, workers: () => workers, startWorker, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeWorkerConfig(files: WrittenScenario): Promise<string> {
  const config = path.join(files.directory, 'worker.yaml');
  await writeFile(path.join(files.directory, 'worker.key'), randomBytes(32).toString('hex'), { mode: 0o600 });
  const lines = [
    'apiVersion: firedoor/v1',
    'kind: Worker',
    'estate: estate.yaml',
    'allowedSigners: allowed_signers',
    'key: worker.key',
    'encryption: none',
    'iamPropagation: PT1S',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  return config;
}

interface WorkerStart {
  readonly config: string;
  readonly number: number;
  readonly program: readonly string[] | undefined;
}

async function startWorkerProcess(
  stack: Stack,
  { config, number, program = cliWorker }: WorkerStart,
): Promise<{ process: ManagedProcess; ready: Promise<unknown> }> {
  const started = await startProcess({
    name: `worker-${number}`,
    command: process.execPath,
    arguments: [...program, config],
    directory: stack.dir,
    environment: { ...environmentOf(stack), FIREDOOR_LOG_LEVEL: 'info' },
  });
  const isReady = async (): Promise<true | undefined> =>
    await Promise.resolve(started.tail().includes('worker ready') ? true : undefined);
  return { process: started, ready: waitUntilReady(started, isReady, workerReadyMs) };
}

/** A `temporal.toml` that says nothing, so that the profile of whoever runs the drill plays no part in it. */
function emptyProfile(stack: Stack): string {
  return path.join(stack.dir, 'temporal.toml');
}

/** This process's environment without its own AWS and Temporal settings, and with the stack's. */
export function environmentOf(stack: Stack): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !/^(AWS|TEMPORAL)_/.test(name));
  return { ...Object.fromEntries(kept), ...stack.env, TEMPORAL_CONFIG_FILE: emptyProfile(stack) };
}
