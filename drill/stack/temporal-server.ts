import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { freePorts, startProcess, waitUntilReady } from './process.ts';
import type { ManagedProcess } from './process.ts';
import { findTemporalCli } from './temporal-cli.ts';
import type { Log } from './tools.ts';

/** The namespace of every drill. */
export const NAMESPACE = 'firedoor';

const RETENTION_MS = 720 * 3_600_000;
const READY_TIMEOUT_MS = 60_000;
const CALL_TIMEOUT_MS = 2_000;
/** The ports are free when asked for, but not held: another process may take one first. */
const ATTEMPTS = 3;

const SEARCH_ATTRIBUTES = {
  FiredoorIncidentId: 'Keyword',
  FiredoorPhase: 'Keyword',
  FiredoorPlaybook: 'Keyword',
  FiredoorAwaitingRole: 'KeywordList',
  FiredoorGlass: 'Keyword',
  FiredoorSeverity: 'Keyword',
} as const;

/** The defaults (20 polls a second, 4 partitions) are for clusters: on the one shard of a dev server each hop costs 50 ms. */
const DYNAMIC_CONFIG = {
  'history.transferProcessorMaxPollRPS': 2_000,
  'history.timerProcessorMaxPollRPS': 2_000,
  'matching.numTaskqueueReadPartitions': 1,
  'matching.numTaskqueueWritePartitions': 1,
} as const;

/** A running dev server. */
export interface TemporalServer {
  readonly address: string;
  readonly namespace: string;
  /** Where the web UI is; undefined when headless. */
  readonly uiUrl: string | undefined;
  readonly cliPath: string;
  readonly pid: number;
  /** Ends it. May be called again. */
  readonly stop: () => Promise<void>;
}

/** Where its output goes, and what of it is wanted. */
export interface TemporalServerOptions {
  readonly log: Log;
  readonly directory: string;
  /** Without the web UI. */
  readonly headless?: boolean | undefined;
  /** A SQLite file, so that a server started again on it knows what was. Default: all in memory. */
  readonly databaseFile?: string | undefined;
  /** Ends the making of what is missing. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Starts Temporal's dev server on free loopback ports and waits until the namespace can be used: its search
 * attributes are there, and closed runs are kept for 30 days, which firedoor's worker insists on.
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const cliPath = await findTemporalCli(options.log, process.env, options.signal);
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(cliPath, options);
    } catch (error) {
      const portTaken = error instanceof Error && error.message.includes('address already in use');
      if (!portTaken || attempt === ATTEMPTS) throw error;
    }
  }
}

async function startOnce(cliPath: string, options: TemporalServerOptions): Promise<TemporalServer> {
  const [port = 0, uiPort = 0, httpPort = 0, metricsPort = 0] = await freePorts(4);
  const started = await startProcess({
    name: 'temporal',
    command: cliPath,
    arguments: serverArguments({ port, uiPort, httpPort, metricsPort }, options),
    directory: options.directory,
    // Another Temporal named in the environment or its config file has no say in this one.
    environment: withoutTemporal(process.env),
  });
  const address = `127.0.0.1:${port}`;
  try {
    await prepareNamespace(started, address);
  } catch (error) {
    await started.stop();
    throw error;
  }
  const uiUrl = options.headless === true ? undefined : `http://127.0.0.1:${uiPort}`;
  return { address, namespace: NAMESPACE, uiUrl, cliPath, pid: started.pid, stop: started.stop };
}

interface Ports {
  readonly port: number;
  readonly uiPort: number;
  readonly httpPort: number;
  readonly metricsPort: number;
}

function serverArguments(ports: Ports, options: TemporalServerOptions): readonly string[] {
  const flags = {
    ip: '127.0.0.1',
    namespace: NAMESPACE,
    port: ports.port,
    'http-port': ports.httpPort,
    'metrics-port': ports.metricsPort,
    ...(options.headless !== true && { 'ui-port': ports.uiPort }),
    ...(options.databaseFile !== undefined && { 'db-filename': options.databaseFile }),
  };
  return [
    'server',
    'start-dev',
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ...(options.headless === true ? ['--headless'] : []),
    ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => ['--search-attribute', `${name}=${type}`]),
    ...Object.entries(DYNAMIC_CONFIG).flatMap(([key, value]) => ['--dynamic-config-value', `${key}=${value}`]),
  ];
}

async function prepareNamespace(started: ManagedProcess, address: string): Promise<void> {
  const connection = await waitUntilReady(started, async () => await tryConnect(address), READY_TIMEOUT_MS);
  try {
    await waitUntilReady(started, async () => await keepThirtyDays(connection), READY_TIMEOUT_MS);
    await waitUntilReady(started, async () => await hasSearchAttributes(connection), READY_TIMEOUT_MS);
  } finally {
    await connection.close();
  }
}

async function tryConnect(address: string): Promise<Connection | undefined> {
  try {
    return await Connection.connect({ address, connectTimeout: CALL_TIMEOUT_MS });
  } catch {
    return undefined;
  }
}

async function keepThirtyDays(connection: Connection): Promise<true | undefined> {
  return await unlessEarly(async () => {
    await connection.workflowService.updateNamespace({
      namespace: NAMESPACE,
      config: { workflowExecutionRetentionTtl: msToTs(RETENTION_MS) },
    });
    return true;
  });
}

async function hasSearchAttributes(connection: Connection): Promise<true | undefined> {
  return await unlessEarly(async () => {
    const found = await connection.operatorService.listSearchAttributes({ namespace: NAMESPACE });
    return Object.keys(SEARCH_ATTRIBUTES).every((name) => name in found.customAttributes) ? true : undefined;
  });
}

/** A server that has just come up answers with errors for a moment; whether it stays that way is the caller's time limit. */
async function unlessEarly(call: () => Promise<true | undefined>): Promise<true | undefined> {
  try {
    return await call();
  } catch {
    await sleep(50);
    return undefined;
  }
}

function withoutTemporal(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('TEMPORAL_')),
  ) as NodeJS.ProcessEnv;
}
