import type { ConnectionOptions } from '@temporalio/client';
import type { Context, Server, ServerOptions } from './context.ts';
import { numberedFailure, usageFailure } from './failure.ts';
import { readPayloadKeys } from './payload-keys.ts';

const connectTimeoutMs = 5_000;
const defaultAddress = '127.0.0.1:7233';
/** gRPC status NOT_FOUND (https://grpc.io/docs/guides/status-codes/). */
const notFound = 5;

/** Where an address or namespace was read, for the message that says nothing answered there. */
type Found = { readonly value: string; readonly source: string };

interface Settings {
  readonly address: Found;
  readonly namespace: string;
  readonly connection: ConnectionOptions;
}

/** The `connect` of the real context. @throws CliFailure FD-501 when no Temporal Service answers */
export async function connect(options: ServerOptions, env: Context['env']): Promise<Server> {
  const settings = await readSettings(options, env);
  const { Client, Connection } = await import('@temporalio/client');
  const { codecOf, dataConverterOf } = await import('../worker/data-converter.ts');
  const keyring = await readPayloadKeys(options, env);
  const connection = await Connection.connect(settings.connection).catch((cause: unknown) => {
    throw unreachable(settings, cause);
  });
  const { namespace } = settings;
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } catch (cause) {
    if (hasGrpcCode(cause, notFound)) {
      await connection.close();
      throw numberedFailure(
        'FD-501',
        `The Temporal Service at ${settings.address.value} has no namespace "${namespace}".`,
        {
          cause,
        },
      );
    }
  }
  const client = new Client({ connection, namespace, dataConverter: dataConverterOf(keyring) });
  return {
    client,
    codec: codecOf(keyring),
    address: settings.address.value,
    namespace,
    close: async () => await connection.close(),
  };
}

async function readSettings(options: ServerOptions, env: Context['env']): Promise<Settings> {
  const { loadClientConnectConfig } = await import('@temporalio/envconfig');
  const loaded = attempt(() =>
    loadClientConnectConfig({
      overrideEnvVars: definedOnly(env),
      ...(options.profile === undefined ? {} : { profile: options.profile }),
      ...(options.configFile === undefined ? {} : { configSource: { path: options.configFile } }),
    }),
  );
  const address = findAddress(options, env, loaded.connectionOptions.address);
  return {
    address,
    namespace: options.namespace ?? loaded.namespace ?? 'default',
    connection: {
      ...(loaded.connectionOptions as ConnectionOptions),
      address: address.value,
      connectTimeout: connectTimeoutMs,
    },
  };
}

function attempt<Value>(load: () => Value): Value {
  try {
    return load();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw usageFailure(
      `The Temporal configuration can't be read: ${why}. Check --profile, --config-file and TEMPORAL_*.`,
    );
  }
}

function findAddress(options: ServerOptions, env: Context['env'], loaded: string | undefined): Found {
  if (options.address !== undefined) return { value: options.address, source: '--address' };
  if (loaded === undefined) return { value: defaultAddress, source: 'the default' };
  return { value: loaded, source: env['TEMPORAL_ADDRESS'] === loaded ? 'TEMPORAL_ADDRESS' : 'temporal.toml' };
}

function unreachable(settings: Settings, cause: unknown): Error {
  const { value, source } = settings.address;
  return numberedFailure('FD-501', `No Temporal Service answers at ${value} (from ${source}).`, { cause });
}

/** True where an error is a gRPC error of this status. */
export function hasGrpcCode(error: unknown, code: number): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

function definedOnly(env: Context['env']): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
