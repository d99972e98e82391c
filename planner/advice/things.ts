import { denySession } from '../../model/actions/iam/deny-session.ts';
import type { CutThing } from '../../model/advice.ts';
import type { Contained } from '../../model/continuity.ts';
import type { Ground } from '../ground.ts';
import { containedTogether } from '../guard.ts';

/** Something that can be contained, and what containing it adds to `C`. */
export interface Thing {
  readonly kind: CutThing['kind'];
  /** The name of a system, also for its sessions; the id of a principal. */
  readonly id: string;
  readonly hosts: readonly string[];
  readonly principals: readonly string[];
}

/**
 * Roles that a system has by its hosts alone, so that denying each host its sessions takes them away. One that the system
 * lists under `uses` and that some of its hosts don't run with is had in another way too.
 */
export function rolesByHosts(system: Ground['estate']['systems'][number], { claims }: Ground): readonly string[] {
  const hosts = claims.hostsOf.get(system.name) ?? [];
  const roles = hosts.map((host) => claims.roleOf.get(host));
  return [...new Set(roles)].filter(
    (role) => role !== undefined && (!system.uses.includes(role) || roles.every((each) => each === role)),
  ) as string[];
}

/** Every system, then every principal, then the sessions of systems whose hosts run with roles; each in the estate's order. */
export function thingsOf(ground: Ground): readonly Thing[] {
  const { estate, claims } = ground;
  const hostsOf = (name: string): readonly string[] => claims.hostsOf.get(name) ?? [];
  return [
    ...estate.systems.map(({ name }) => ({ kind: 'system' as const, id: name, hosts: hostsOf(name), principals: [] })),
    ...estate.principals.map(({ id }) => ({ kind: 'principal' as const, id, hosts: [], principals: [id] })),
    ...estate.systems
      .filter((system) => rolesByHosts(system, ground).length > 0)
      .map(({ name }) => ({
        kind: 'sessions' as const,
        id: name,
        hosts: hostsOf(name).filter((host) => claims.roleOf.has(host)),
        principals: [],
      })),
  ];
}

/** `C` with things contained, on top of what is down already. */
export function containedThings(things: readonly Thing[], { baseline }: Pick<Ground, 'baseline'>): Contained {
  return containedTogether(baseline, {
    hosts: new Set(things.flatMap(({ hosts }) => hosts)),
    principals: new Set(things.flatMap(({ principals }) => principals)),
  });
}

/** Hosts that run with one role and lose their sessions, by role: a role has room for so many denials and no more. */
export function roomForSessions(things: readonly Thing[], { claims }: Ground): boolean {
  const hosts = new Set(things.flatMap((thing) => (thing.kind === 'sessions' ? thing.hosts : [])));
  const count = new Map<string, number>();
  for (const host of hosts) {
    const role = claims.roleOf.get(host) ?? '';
    count.set(role, (count.get(role) ?? 0) + 1);
  }
  return [...count.values()].every((each) => each <= (denySession.mostOfOneRole ?? Infinity));
}
