import type { Ground } from '../ground.ts';
import { directNeeds, neededBy } from '../slice.ts';
import type { Packed } from '../packed.ts';
import { packPairs } from '../packed.ts';
import type { Thing } from './things.ts';
import { rolesByHosts, roomForSessions, thingsOf } from './things.ts';

/**
 * Where an attacker can go, between things as numbers. A system leads where it `reaches` and to the principals it uses:
 * to roles that its hosts run with through its sessions, which can be denied alone. A principal leads where it opens
 * (DESIGN.md, *Continuity, exactly*, Reach).
 */
export interface AttackGraph {
  readonly things: readonly Thing[];
  /** Systems by name and principals by id: no name is both. */
  readonly numberOf: ReadonlyMap<string, number>;
  readonly onward: Packed;
  readonly back: Packed;
  /** 1 for what a playbook could contain: it is there, and nothing forbids it. */
  readonly containable: Uint8Array;
}

/** What a playbook could contain: seen by a live read, and not under `neverTouch`, nor anything it would take with it. */
function containableThings(things: readonly Thing[], ground: Ground): Uint8Array {
  const { estate, live, claims, usersOf } = ground;
  const forbidden = new Set(estate.neverTouch);
  const isForbidden = (system: string): boolean => forbidden.has(`system:${system}`);
  const known = new Set(live.principals.map(({ id }) => id));
  return Uint8Array.from(things, (thing) => {
    if (thing.kind === 'principal') {
      const isFree = known.has(thing.id) && !forbidden.has(thing.id);
      return Number(isFree && !(usersOf.get(thing.id) ?? []).some(isForbidden));
    }
    const touched = thing.hosts.flatMap((host) => claims.systemsOf.get(host) ?? []);
    const isFree = thing.hosts.length > 0 && !touched.some(isForbidden);
    if (thing.kind === 'system') return Number(isFree);
    const roles = thing.hosts.flatMap((host) => claims.roleOf.get(host) ?? []);
    return Number(isFree && !roles.some((role) => forbidden.has(role)) && roomForSessions([thing], ground));
  });
}

/** Builds the graph. A principal that no live read shows opens nothing. */
export function attackGraph(ground: Ground): AttackGraph {
  const { estate, running, live } = ground;
  const rolesOf = rolesByHosts(ground);
  const things = thingsOf(ground, rolesOf);
  const numberOf = new Map<string, number>();
  const sessionsOf = new Map<string, number>();
  for (const [index, { kind, id }] of things.entries()) (kind === 'sessions' ? sessionsOf : numberOf).set(id, index);
  const known = new Set(live.principals.map(({ id }) => id));
  const [from, to]: [number[], number[]] = [[], []];
  const lead = (start: number | undefined, end: number | undefined): void => {
    if (start === undefined || end === undefined) return;
    from.push(start);
    to.push(end);
  };
  for (const [index, { name, reaches, uses }] of running.systems.entries()) {
    const sessions = sessionsOf.get(name);
    const bySession = new Set(rolesOf.get(name));
    lead(index, sessions);
    for (const next of reaches) lead(index, numberOf.get(next));
    for (const id of uses) lead(bySession.has(id) ? sessions : index, numberOf.get(id));
  }
  for (const { id, opens } of estate.principals) {
    if (known.has(id)) for (const next of opens) lead(numberOf.get(id), numberOf.get(next));
  }
  return {
    things,
    numberOf,
    onward: packPairs(things.length, from, to),
    back: packPairs(things.length, to, from),
    containable: containableThings(things, ground),
  };
}

/** Systems that must be kept safe: marked so, and what protected services need in any of their modes, however far. */
export function mustKeepSafe({ estate, whole }: Ground): ReadonlySet<string> {
  const byName = new Map(whole.systems.map((system) => [system.name, system]));
  const needed = neededBy(byName, whole.services.filter((service) => service.protected).flatMap(directNeeds));
  return new Set(estate.systems.filter(({ name, keepSafe }) => keepSafe || needed.has(name)).map(({ name }) => name));
}
