import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { ServerOptions } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure, usageFailure } from '../failure.ts';

/** `firedoor worker`: polls Temporal and does the work, with the estate, keys and credentials of its configuration. */
export const workerCommand = defineCommand({
  name: 'worker',
  summary: 'runs a worker: it holds the estate, the keys and the AWS credentials',
  define: (command) => command.option('-c, --config <file>', 'configuration of the worker', 'worker.yaml'),
  input: z.strictObject({ config: z.string().min(1) }),
  run: async ({ options }, { config }) => {
    Object.assign(process.env, environmentOf(options.server));
    const { runWorker } = await import('../../worker/main.ts');
    await runWorker(config).catch((error: unknown) => {
      throw inWords(error);
    });
    return exitCodes.done;
  },
});

/** Flags as the variables every Temporal tool reads: the worker connects by these alone. */
function environmentOf({ profile, address, namespace, configFile }: ServerOptions): Record<string, string> {
  const variables = {
    TEMPORAL_PROFILE: profile,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_CONFIG_FILE: configFile,
  };
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => !!entry[1]));
}

function inWords(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  if (error.name === 'WorkerConfigError') return usageFailure(error.message);
  return error.name === 'ServiceRefused' ? new CliFailure(error.message, { cause: error }) : error;
}
