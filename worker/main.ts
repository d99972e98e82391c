import path from 'node:path';
import { Client } from '@temporalio/client';
import { createAwsClients } from '../activities/aws/clients.ts';
import { temporalLedger } from '../activities/ledger/port.ts';
import type { Compile } from '../activities/planning.ts';
import type { Place } from '../model/refusal.ts';
import { givenBundle, keptBundle } from './bundle.ts';
import type { WorkerConfig } from './config.ts';
import { loadConfig } from './config.ts';
import { connectService, ServiceRefused } from './connect.ts';
import { createWorkers } from './create-workers.ts';
import { dataConverterOf } from './data-converter.ts';
import { createLogger, logThrough } from './logger.ts';
import { verifierProblems } from './verifier-check.ts';

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
 * @throws ServiceRefused the service must not be used or can't be reached, or signatures can't be checked here
 */
export async function runWorker(configPath: string, other: OtherParts = {}): Promise<void> {
  const config = await loadConfig(configPath);
  const lacking = await verifierProblems(config.revocations);
  if (lacking.length > 0) throw new ServiceRefused(lacking.join('\n'));
  const log = createLogger(process.env['FIREDOOR_LOG_LEVEL'] ?? 'info');
  logThrough(log);
  const { connection, address, namespace } = await connectService();
  try {
    const bundle = await bundleOf(config, other);
    const dataConverter = dataConverterOf(config.payloadKeys);
    const deps = {
      aws: createAwsClients(config.estate.estate.accounts),
      estate: config.estate.estate,
      locate: (at: Parameters<typeof config.estate.locate>[0]) => withoutFolders(config.estate.locate(at)),
      allowedSigners: config.allowedSigners,
      revocations: config.revocations,
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
      dataConverter,
      deps,
      accounts,
      ...(compile ? { compile } : {}),
    });
    const encryption = config.payloadKeys?.current.id ?? 'none';
    log.info({ address, namespace, accounts, bundle: bundle.sha256, encryption }, 'worker ready');
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
