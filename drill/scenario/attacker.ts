import { ListUsersCommand } from '@aws-sdk/client-iam';
import { drillClients } from './aws-clients.ts';
import { deniedHosts, readIdentities, roleWorks } from './identity-state.ts';
import { readNetwork } from './network-state.ts';
import type { NetworkState } from './network-state.ts';
import { canConnect } from './reachability.ts';
import type { World } from './seed.ts';

/** What the attacker can still do. */
export interface AttackerView {
  /** Systems the network lets them into from the hosts they hold; not counting the ones they hold. Sorted. */
  readonly reaches: readonly string[];
  /** Roles of the hosts they hold that still work. Sorted. */
  readonly roles: readonly string[];
}

/** Looks at the network and the roles from the hosts the attacker holds, at the emulator itself. */
export async function attackerReaches(world: World, endpoint: string): Promise<AttackerView> {
  const clients = drillClients(endpoint);
  try {
    const identities = await readIdentities(clients);
    const held = world.scenario.layout.hosts.filter(({ system }) => world.scenario.compromised.includes(system));
    const working = held.flatMap(({ system, role = '' }) => {
      const denied = deniedHosts(identities.roles[role]);
      const hasSession = world.instances.get(system)?.some((host) => !denied.includes(host));
      return hasSession && roleWorks(identities.roles[role]) ? [role] : [];
    });
    return {
      reaches: reachableSystems(world, await readNetwork(clients)),
      roles: [...new Set(working)].toSorted(),
    };
  } finally {
    clients.destroy();
  }
}

/** The systems with at least one host that at least one held host can connect to. */
export function reachableSystems(world: World, network: NetworkState): readonly string[] {
  const held = world.scenario.compromised.flatMap((system) => world.instances.get(system) ?? []);
  return [...world.instances]
    .filter(([system]) => !world.scenario.compromised.includes(system))
    .filter(([, hosts]) => hosts.some((to) => held.some((from) => canConnect(network, from, to))))
    .map(([system]) => system)
    .toSorted();
}

/** How AWS answers the leaked key. */
export interface LeakedKeyAnswer {
  readonly works: boolean;
  /** `accepted`, or the name of the error. */
  readonly answer: string;
}

/** Uses the leaked key as the attacker would: one real, signed call (iam:ListUsers) to the endpoint, the AWS proxy. */
export async function tryLeakedKey(world: World, endpoint: string): Promise<LeakedKeyAnswer> {
  const clients = drillClients(endpoint, world.leakedKey);
  try {
    await clients.iam.send(new ListUsersCommand({}));
    return { works: true, answer: 'accepted' };
  } catch (error) {
    return { works: false, answer: error instanceof Error ? error.name : String(error) };
  } finally {
    clients.destroy();
  }
}
