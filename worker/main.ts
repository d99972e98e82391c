import path from 'node:path';
import { Client } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { createAwsClients } from '../activities/aws/clients.ts';
import { temporalLedger } from '../activities/ledger/port.ts';
import type { Compile } from '../activities/planning.ts';
import type { Place } from '../model/refusal.ts';
import { givenBundle, keptBundle } from './bundle.ts';
import type { WorkerConfig } from './config.ts';
import { loadConfig } from './config.ts';
import { createWorkers } from './create-workers.ts';
import { dataConverter } from './data-converter.ts';
import { createLogger, logThrough } from './logger.ts';
import { serviceProblems } from './service-check.ts';

const defaultAddress = '127.0.0.1:7233';

/** The Temporal Service must not be used, or can't be; one line for each reason. */
export class ServiceRefused extends Error {
  override readonly name = 'ServiceRefused';
}

/** Parts the drill's sabotage replaces; the product gives none. */
export interface OtherParts {
  readonly workflowEntry?: string;
  readonly compile?: Compile;
}

/**
 * Runs a worker until it is told to end (SIGINT or SIGTERM): it stops polling, lets running activities finish for some
 * seconds, and leaves the rest to other workers.
 *
 * @param configPath the worker's configuration file (docs/workers.md)
 * @throws WorkerConfigError every problem of the configuration
 * @throws ServiceRefused the service can't be reached, is too old, or forgets too soon
 */
export async function runWorker(configPath: string, other: OtherParts = {}): Promise<void> {
  const config = await loadConfig(configPath);
  const log = createLogger(process.env['FIREDOOR_LOG_LEVEL'] ?? 'info');
  logThrough(log);
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({});
  const address = connectionOptions.address ?? defaultAddress;
  const connection = await NativeConnection.connect({ ...connectionOptions, address }).catch(() => {
    throw new ServiceRefused(`FD-501 no Temporal Service answers at ${address}`);
  });
  try {
    const problems = await serviceProblems(connection, { address, namespace });
    if (problems.length > 0) throw new ServiceRefused(problems.join('\n'));
    const bundle = await bundleOf(config, other);
    const deps = {
      aws: createAwsClients(config.estate.estate.accounts),
      estate: config.estate.estate,
      locate: (at: Parameters<typeof config.estate.locate>[0]) => withoutFolders(config.estate.locate(at)),
      allowedSigners: config.allowedSigners,
      workerKey: config.key,
      namespace,
      ledger: temporalLedger(new Client({ connection, namespace, dataConverter }), config.estate.estate.name),
      now: () => new Date(),
      iamPropagationMs: config.iamPropagationMs,
      notify: config.notify,
      log,
    };
    const { accounts } = config;
    const { compile } = other;
    const workers = await createWorkers({
      connection,
      namespace,
      bundle,
      deps,
      accounts,
      ...(compile ? { compile } : {}),
    });
    log.info({ address, namespace, accounts, bundle: bundle.sha256 }, 'worker ready');
    await Promise.all(workers.map(async (worker) => await worker.run()));
  } finally {
    await connection.close();
  }
}

/** Places in refusals name the file, not where this worker keeps it. */
function withoutFolders(place: Place): Place {
  return { ...place, file: path.basename(place.file) };
}

async function bundleOf(config: WorkerConfig, other: OtherParts): ReturnType<typeof keptBundle> {
  return config.workflowBundle === undefined
    ? await keptBundle(other.workflowEntry)
    : await givenBundle(config.workflowBundle);
}
