import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startAwsProxy } from '../proxy/proxy.ts';
import type { AwsProxy } from '../proxy/proxy.ts';
import { ROOT_ACCESS_KEY_ID } from '../proxy/identity.ts';
import { startMoto } from './moto.ts';
import type { MotoServer } from './moto.ts';
import { startTemporalServer } from './temporal-server.ts';
import type { TemporalServer } from './temporal-server.ts';
import { requireTools } from './tools.ts';
import type { Log } from './tools.ts';

/** Which parts to start, all of them by default. Without moto there is no proxy either. */
export interface StackOptions {
  readonly log: Log;
  readonly temporal?: boolean | undefined;
  readonly moto?: boolean | undefined;
  /** Temporal without its web UI. */
  readonly headless?: boolean | undefined;
  /** How long a change in IAM takes to be felt. Default 0. */
  readonly propagationMs?: number | undefined;
  /** Ends the making of what is missing, which takes minutes. What then runs is ended by `stop`. */
  readonly signal?: AbortSignal | undefined;
}

/** The running parts, all on loopback. A part the stack was started without throws when it is read. */
export interface Stack {
  /** A temporary folder with the parts' logs; goes at `stop`. */
  readonly dir: string;
  readonly temporal: TemporalServer;
  readonly moto: MotoServer;
  readonly proxy: AwsProxy;
  /** What an AWS SDK client or a worker process needs to find the parts, as the emulator's operator (root). */
  readonly env: Readonly<Record<string, string>>;
  /** Ends everything and waits until it is gone. May be called again. */
  readonly stop: () => Promise<void>;
}

interface Aws {
  readonly moto: MotoServer;
  readonly proxy: AwsProxy;
  readonly stop: () => Promise<void>;
}

/**
 * Starts the emulated infrastructure: Temporal's dev server, moto and the AWS proxy before it, on free loopback ports,
 * each checked to answer. If a part can't start, the others are ended and the error is thrown; MissingToolError when
 * this machine lacks something. Nothing outlives this process, however it ends.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  await requireTools();
  const dir = await mkdtemp(join(tmpdir(), 'firedoor-stack-'));
  const [temporal, aws] = await Promise.allSettled([
    options.temporal === false ? undefined : startTemporalServer({ ...options, directory: dir }),
    options.moto === false ? undefined : startAws(options, dir),
  ]);
  const stop = once(async () => {
    await Promise.all([valueOf(temporal)?.stop(), valueOf(aws)?.stop()]);
    await rm(dir, { recursive: true, force: true });
  });
  for (const part of [temporal, aws]) {
    if (part.status === 'rejected') {
      await stop();
      throw part.reason;
    }
  }
  return describe({ dir, temporal: valueOf(temporal), aws: valueOf(aws), stop });
}

async function startAws(options: StackOptions, directory: string): Promise<Aws> {
  const moto = await startMoto({ log: options.log, directory, signal: options.signal });
  try {
    const proxy = await startAwsProxy({ motoUrl: moto.url, propagationMs: options.propagationMs });
    const stop = async () => {
      await proxy.stop();
      await moto.stop();
    };
    return { moto, proxy, stop };
  } catch (error) {
    await moto.stop();
    throw error;
  }
}

interface Parts {
  readonly dir: string;
  readonly temporal: TemporalServer | undefined;
  readonly aws: Aws | undefined;
  readonly stop: () => Promise<void>;
}

function describe({ dir, temporal, aws, stop }: Parts): Stack {
  return {
    dir,
    get temporal() {
      return started(temporal, 'Temporal');
    },
    get moto() {
      return started(aws, 'moto').moto;
    },
    get proxy() {
      return started(aws, 'moto').proxy;
    },
    env: { ...(temporal && temporalEnvironment(temporal)), ...(aws && awsEnvironment(aws.proxy)) },
    stop,
  };
}

function temporalEnvironment(temporal: TemporalServer): Record<string, string> {
  return { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace };
}

function awsEnvironment(proxy: AwsProxy): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: proxy.url,
    AWS_ACCESS_KEY_ID: ROOT_ACCESS_KEY_ID,
    AWS_SECRET_ACCESS_KEY: 'not-a-secret-the-emulator-checks-no-signature',
    AWS_REGION: 'eu-west-2',
    // Without these two the SDK would look for a person's own profiles, and for an instance's role, before it gives up.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  };
}

function started<T>(part: T | undefined, name: string): T {
  if (part === undefined) throw new Error(`This stack was started without ${name}. Start it with it to use it.`);
  return part;
}

function valueOf<T>(result: PromiseSettledResult<T>): T | undefined {
  return result.status === 'fulfilled' ? result.value : undefined;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return async () => await (done ??= work());
}
