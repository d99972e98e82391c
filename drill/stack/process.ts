import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './cache.ts';

const TERM_GRACE_MS = 5_000;
const POLL_MS = 25;
const TAIL_CHARACTERS = 2_000;

/** What to start, and the folder its output goes to, as `<name>.log`. */
export interface ProcessOptions {
  readonly name: string;
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment?: NodeJS.ProcessEnv;
}

/** A process the stack started. It does not outlive this one, however this one ends. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** How it ended, or undefined while it runs. */
  readonly ended: () => string | undefined;
  /** The end of its output, for error messages. */
  readonly tail: () => string;
  /** TERM, then KILL after 5 s. May be called again. */
  readonly stop: () => Promise<void>;
}

const running = new Set<ChildProcess>();
let exitHookSet = false;

/** The ids of processes started here that still run. */
export function leftoverPids(): readonly number[] {
  return [...running].flatMap((child) => (child.pid === undefined ? [] : [child.pid]));
}

/** Throws if a process started here still runs, or if any of the given ones does. For tests and for the end of a drill. */
export function assertNothingLeft(pids: readonly number[] = []): void {
  const left = [...new Set([...leftoverPids(), ...pids.filter(isAlive)])];
  if (left.length > 0) throw new Error(`Still running after stop: process ${left.join(', ')}.`);
}

/** Starts a process in its own group, so that Ctrl-C reaches its owner first. Throws if it can't be started. */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  killOnExit();
  const logFile = join(options.directory, `${options.name}.log`);
  const log = openSync(logFile, 'a');
  const child = spawn(options.command, options.arguments, {
    stdio: ['pipe', log, log],
    detached: true,
    cwd: options.directory,
    env: options.environment ?? process.env,
  });
  closeSync(log);
  const ended = track(child);
  await once(child, 'spawn');
  const watchdog = startWatchdog(child);
  child.once('exit', () => watchdog.kill('SIGKILL'));
  return {
    name: options.name,
    pid: child.pid ?? 0,
    logFile,
    ended,
    tail: () => readFileSync(logFile, 'utf8').trim().slice(-TAIL_CHARACTERS),
    stop: async () => {
      await stopChild(child);
      await stopChild(watchdog);
    },
  };
}

/** Waits until `check` gives something. Throws if the process ends first or the time is over, with the end of its output. */
export async function waitUntilReady<T>(
  started: ManagedProcess,
  check: () => Promise<T | undefined>,
  timeoutMs: number,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const ended = started.ended();
    if (ended !== undefined) throw new Error(`${started.name} ended before it was ready (${ended}): ${started.tail()}`);
    const result = await check();
    if (result !== undefined) return result;
    if (Date.now() > deadline) {
      throw new Error(
        `${started.name} was not ready after ${timeoutMs / 1_000} s. Its output is in ${started.logFile}: ${started.tail()}`,
      );
    }
    await sleep(POLL_MS);
  }
}

/** As many different free loopback ports as asked for. They are free now; nothing holds them. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    }),
  );
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map(async (server) => await once(server.close(), 'close')));
  return ports;
}

function track(child: ChildProcess): () => string | undefined {
  let ended: string | undefined;
  running.add(child);
  // A pipe to a process that has just died must not bring this one down.
  child.stdin?.on('error', () => undefined);
  child.once('exit', (code, signal) => {
    ended = signal ?? `exit code ${code}`;
    running.delete(child);
  });
  child.once('error', () => running.delete(child));
  return () => ended;
}

/**
 * A shell that waits for this process to go, by any way including SIGKILL, and then ends the child. The pipe closes
 * with us; while the child's end is seen here first, the shell is killed before the id can belong to another.
 */
function startWatchdog(child: ChildProcess): ChildProcess {
  const script = `cat >/dev/null
    kill -TERM "$1" 2>/dev/null
    for tenth in $(seq 50); do kill -0 "$1" 2>/dev/null || exit 0; sleep 0.1; done
    kill -KILL "$1" 2>/dev/null`;
  const watchdog = spawn('/bin/sh', ['-c', script, 'firedoor-watchdog', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  track(watchdog);
  watchdog.once('error', () => undefined);
  return watchdog;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), TERM_GRACE_MS);
  await exited;
  clearTimeout(timer);
}

function killOnExit(): void {
  if (exitHookSet) return;
  exitHookSet = true;
  process.once('exit', () => {
    for (const child of running) child.kill('SIGKILL');
  });
}
