import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { codes } from '../model/codes.ts';
import { serviceProblems } from './service-check.ts';

const defaultAddress = '127.0.0.1:7233';

/** The Temporal Service must not be used, or can't be; one line for each reason. */
export class ServiceRefused extends Error {
  override readonly name = 'ServiceRefused';
}

/** A service that may be used. Whoever asked for it closes the connection. */
export interface Service {
  readonly connection: NativeConnection;
  readonly address: string;
  readonly namespace: string;
}

/**
 * Connects as every Temporal tool does: `TEMPORAL_*`, then the profile in `temporal.toml`.
 *
 * @throws ServiceRefused the service can't be reached, lacks the namespace, is too old, or forgets too soon
 */
export async function connectService(): Promise<Service> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig({});
  const address = connectionOptions.address ?? defaultAddress;
  const connection = await NativeConnection.connect({ ...connectionOptions, address }).catch((cause: unknown) => {
    throw unreachable(address, cause);
  });
  try {
    const problems = await serviceProblems(connection, { address, namespace });
    if (problems.length > 0) throw new ServiceRefused(problems.join('\n'));
    return { connection, address, namespace };
  } catch (error) {
    await connection.close();
    throw error;
  }
}

function unreachable(address: string, cause: unknown): ServiceRefused {
  const { meaning, remedy } = codes['FD-501'];
  const what = `FD-501 No Temporal Service answers at ${address} (from ${sourceOf(address)}).`;
  return new ServiceRefused(`${what} ${meaning} ${remedy}`, { cause });
}

function sourceOf(address: string): string {
  if (process.env['TEMPORAL_ADDRESS'] === address) return 'TEMPORAL_ADDRESS';
  return address === defaultAddress ? 'the default' : 'temporal.toml';
}
