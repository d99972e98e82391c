import type { ServingMode } from '../../model/modes.ts';
import { deniedHosts, roleWorks } from '../scenario/identity-state.ts';
import type { IdentityState } from '../scenario/identity-state.ts';
import type { NetworkState } from '../scenario/network-state.ts';
import { isServing } from '../scenario/reachability.ts';
import { DownClock } from './down-clock.ts';
import type { ModeWiring, ServiceWiring, SystemWiring, Wiring } from '../scenario/wiring.ts';

/** Somebody in a store: where probes would come from if the network were real. */
const STORE_ADDRESS = '10.200.0.10';

/** What the emulator shows at one moment, reduced to what the wiring asks. */
export interface Facts {
  /** Hosts that serve, by system. */
  readonly serving: ReadonlyMap<string, number>;
  readonly users: ReadonlySet<string>;
  readonly roles: ReadonlySet<string>;
}

/** How one mode of a service is at every site: it works, or why not. */
export interface ModeTruth {
  readonly mode: ServingMode;
  readonly works: boolean;
  readonly why: string;
}

/** What really works: systems that are down and why, and every mode of every service. */
export interface Truth {
  readonly down: ReadonlyMap<string, string>;
  readonly services: ReadonlyMap<string, readonly ModeTruth[]>;
}

/** Reduces reads to facts. `instances` says which host does what: the twin does not trust tags. */
export function factsOf(
  instances: ReadonlyMap<string, readonly string[]>,
  reads: { readonly network: NetworkState; readonly identities: IdentityState; readonly users: ReadonlySet<string> },
): Facts {
  const { network, identities, users } = reads;
  // A host of the drill has a role where its work takes one: without its own session of it, it answers and does nothing.
  const idle = new Set(Object.values(identities.roles).flatMap(deniedHosts));
  const serves = (id: string): boolean => !idle.has(id) && isServing(network, id, STORE_ADDRESS);
  return {
    serving: new Map([...instances].map(([system, ids]) => [system, ids.filter(serves).length])),
    users,
    roles: new Set(Object.keys(identities.roles).filter((role) => roleWorks(identities.roles[role]))),
  };
}

/** Which systems are down, and for how many seconds. */
interface Down {
  readonly why: ReadonlyMap<string, string>;
  readonly seconds: (system: string) => number;
}

/** Works out what works, from the wiring alone. The clock, where there is one, remembers since when systems are down. */
export function truthOf(wiring: Wiring, facts: Facts, clock: DownClock = new DownClock()): Truth {
  const down = downSystems(wiring, facts);
  const nowMs = Date.now();
  clock.note(down.keys(), nowMs);
  const seen: Down = { why: down, seconds: (system) => clock.seconds(system, nowMs) };
  const services = wiring.services.map((service) => [service.name, modesOf(service, seen)] as const);
  return { down, services: new Map(services) };
}

/** Systems fall from what they have themselves, then with what they lean on, until nothing more falls. */
function downSystems(wiring: Wiring, facts: Facts): ReadonlyMap<string, string> {
  const down = new Map<string, string>();
  for (const [name, system] of Object.entries(wiring.systems)) {
    const why = ownTrouble(name, system, facts);
    if (why !== undefined) down.set(name, why);
  }
  for (let before = -1; before !== down.size;) {
    before = down.size;
    for (const [name, { leansOn = [] }] of Object.entries(wiring.systems)) {
      const fallen = leansOn.find((other) => down.has(other));
      if (fallen !== undefined && !down.has(name)) down.set(name, `${name} leans on ${fallen}`);
    }
  }
  return down;
}

function ownTrouble(name: string, system: SystemWiring, facts: Facts): string | undefined {
  const serving = facts.serving.get(name) ?? 0;
  if (serving < system.hosts) return `${name} serves with ${serving} hosts and takes ${system.hosts}`;
  const user = system.users?.find((each) => !facts.users.has(each));
  if (user !== undefined) return `${name} is user ${user}, who may do nothing`;
  const role = system.roles?.find((each) => !facts.roles.has(each));
  return role === undefined ? undefined : `${name} runs as role ${role}, which may do nothing`;
}

function modesOf(service: ServiceWiring, down: Down): readonly ModeTruth[] {
  return service.modes.map((mode) => {
    const why = trouble(mode, down);
    return { mode: mode.mode, works: why === undefined, why: why ?? 'works' };
  });
}

function trouble({ all = [], oneOf = [], outlasts = [] }: ModeWiring, down: Down): string | undefined {
  const { why, seconds } = down;
  const missing = all.find((system) => why.has(system));
  if (missing !== undefined) return why.get(missing);
  const outlasted = outlasts.find((each) => seconds(each.system) >= each.seconds);
  if (outlasted !== undefined) return `${outlasted.system} has been down for ${outlasted.seconds} s or more`;
  if (oneOf.length === 0 || oneOf.some((system) => !why.has(system))) return undefined;
  return oneOf.map((system) => why.get(system)).join(', and ');
}
