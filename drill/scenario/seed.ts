import { drillClients, present } from './aws-clients.ts';
import type { Credentials } from './aws-clients.ts';
import { leakedKeyUser } from './common-layout.ts';
import type { Scenario } from './scenarios.ts';
import { seedIdentities } from './seed-identities.ts';
import { seedHosts, seedNetwork } from './seed-network.ts';
import type { SeededNetwork } from './seed-network.ts';

/** What exists at the emulated AWS once it is seeded. */
export interface World {
  readonly scenario: Scenario;
  readonly network: SeededNetwork;
  /** Instance ids by system. */
  readonly instances: ReadonlyMap<string, readonly string[]>;
  /** Each IAM user's access key, by user name. */
  readonly keys: Readonly<Record<string, Credentials>>;
  /** The key the attacker holds. */
  readonly leakedKey: Credentials;
}

/** Where the emulated AWS is. */
export interface SeedOptions {
  readonly endpoint: string;
}

/** Builds a scenario's estate at the emulator, as its operator. Throws what the SDK throws; seed a fresh emulator then. */
export async function seedWorld(scenario: Scenario, { endpoint }: SeedOptions): Promise<World> {
  const clients = drillClients(endpoint);
  try {
    const keys = await seedIdentities(clients, scenario.layout);
    const network = await seedNetwork(clients, scenario.layout);
    const instances = await seedHosts(clients, scenario.layout, network);
    return { scenario, network, instances, keys, leakedKey: present(keys[leakedKeyUser], `key of ${leakedKeyUser}`) };
  } finally {
    clients.destroy();
  }
}
