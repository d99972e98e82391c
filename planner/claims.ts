import type { Contained } from '../model/continuity.ts';
import type { Estate } from '../model/estate.ts';
import type { LiveInstance, LiveReads } from '../model/live.ts';
import { isAlive } from '../model/live.ts';
import type { Unknowns } from '../model/plan.ts';
import { byText } from './graph.ts';
import { sortedTexts } from './order.ts';

/** Which live instance belongs to which system, by the systems' controls. */
export interface Claims {
  /** Systems that claim an instance, by instance id; only instances that are alive and claimed. */
  readonly systemsOf: ReadonlyMap<string, readonly string[]>;
  /** Instances a system claims, by system name; every system has an entry. */
  readonly hostsOf: ReadonlyMap<string, readonly string[]>;
  /** The role an instance runs with, by instance id: of those that are alive, claimed or not, and have one. */
  readonly roleOf: ReadonlyMap<string, string>;
}

/** Systems that control instances by a tag: by account, then by the tag's key, then by its value. */
type Claimants = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>>;

function inner<Key, Inner>(map: Map<Key, Inner>, key: Key, empty: () => Inner): Inner {
  const known = map.get(key) ?? empty();
  map.set(key, known);
  return known;
}

function claimants(systems: Estate['systems']): Claimants {
  const byAccount = new Map<string, Map<string, Map<string, string[]>>>();
  for (const { name, controls } of systems) {
    for (const { 'aws.ec2': control } of controls) {
      const byKey = inner(byAccount, control.account, () => new Map<string, Map<string, string[]>>());
      for (const [key, value] of Object.entries(control.tag)) {
        const byValue = inner(byKey, key, () => new Map<string, string[]>());
        inner(byValue, value, () => []).push(name);
      }
    }
  }
  return byAccount;
}

function claimantsOf({ account, tags }: LiveInstance, byAccount: Claimants): string[] {
  const found: string[] = [];
  for (const [key, byValue] of byAccount.get(account) ?? []) {
    if (Object.hasOwn(tags, key)) found.push(...(byValue.get(tags[key] ?? '') ?? []));
  }
  return found;
}

/** Matches live instances to systems. An instance that is gone, or on its way, belongs to none. */
export function claimInstances(estate: Estate, live: LiveReads): Claims {
  const byAccount = claimants(estate.systems);
  const systemsOf = new Map<string, readonly string[]>();
  const hostsOf = new Map<string, string[]>(estate.systems.map(({ name }) => [name, []]));
  const roleOf = new Map<string, string>();
  for (const instance of live.instances) {
    if (!isAlive(instance)) continue;
    const { id, role } = instance;
    if (role) roleOf.set(id, role.id);
    const found = claimantsOf(instance, byAccount);
    if (found.length === 0) continue;
    const systems = sortedTexts(found);
    systemsOf.set(id, systems);
    for (const system of systems) hostsOf.get(system)?.push(id);
  }
  for (const hosts of hostsOf.values()) hosts.sort(byText);
  return { systemsOf, hostsOf, roleOf };
}

/**
 * The estate as it runs: to what each system uses are added the roles its hosts run with, listed or not. Who owns a host
 * holds its role, and who loses the role loses the host.
 */
export function asItRuns(estate: Estate, { hostsOf, roleOf }: Claims): Estate {
  const systems = estate.systems.map((system) => {
    const roles = (hostsOf.get(system.name) ?? []).flatMap((host) => roleOf.get(host) ?? []);
    return roles.length === 0 ? system : { ...system, uses: sortedTexts([...system.uses, ...roles]) };
  });
  return { ...estate, systems };
}

/** `C` before anything is done: hosts that live reads show as not running. */
export function notRunning(live: { readonly instances: readonly LiveInstance[] }): Contained {
  const hosts = live.instances.filter(({ state }) => state !== 'running').map(({ id }) => id);
  return { hosts: new Set(hosts), principals: new Set() };
}

/**
 * Roles of running instances that the estate does not list: not as principals, or not under the `uses` of the systems these
 * instances belong to. `hosts` counts those it is unlisted for; `systems` are the ones that lack it.
 */
function unlistedRoles(estate: Estate, running: readonly LiveInstance[], claims: Claims): Unknowns['unlistedRoles'] {
  const principals = new Set(estate.principals.map(({ id }) => id));
  const uses = new Map(estate.systems.map((system) => [system.name, new Set(system.uses)]));
  const found = new Map<string, { hosts: number; readonly systems: Set<string> }>();
  for (const { id, role } of running) {
    if (!role) continue;
    const lacking = (claims.systemsOf.get(id) ?? []).filter((name) => !uses.get(name)?.has(role.id));
    if (principals.has(role.id) && lacking.length === 0) continue;
    const entry = found.get(role.id) ?? { hosts: 0, systems: new Set() };
    entry.hosts += 1;
    for (const name of lacking) entry.systems.add(name);
    found.set(role.id, entry);
  }
  return [...found]
    .sort(([one], [other]) => byText(one, other))
    .map(([role, { hosts, systems }]) => {
      return { role, isPrincipal: principals.has(role), hosts, systems: sortedTexts([...systems]) };
    });
}

/** What the estate doesn't know about what runs. */
export function unknownsOf(estate: Estate, live: LiveReads, claims: Claims): Unknowns {
  const running = live.instances.filter(({ state }) => state === 'running');
  const hasNoProbe = ({ modes }: Estate['services'][number]): boolean =>
    Object.values(modes).every((mode) => mode.probe === undefined);
  return {
    unclaimedInstances: sortedTexts(running.map(({ id }) => id).filter((id) => !claims.systemsOf.has(id))),
    claimedTwice: [...claims.systemsOf]
      .filter(([, systems]) => systems.length > 1)
      .map(([id, systems]) => ({ id, systems: [...systems] }))
      .sort((one, other) => byText(one.id, other.id)),
    servicesWithoutProbe: estate.services.filter((each) => each.protected && hasNoProbe(each)).map(({ name }) => name),
    unlistedRoles: unlistedRoles(estate, running, claims),
  };
}
