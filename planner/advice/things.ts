import { denySession } from '../../model/actions/iam/deny-session.ts';
import type { CutThing } from '../../model/advice.ts';
import type { Contained } from '../../model/continuity.ts';
import type { Ground } from '../ground.ts';
import { containedTogether } from '../contained.ts';
import { sortedTexts } from '../order.ts';
import { trustsInstancesAlone } from '../trust.ts';

/** Something that can be contained, and what containing it adds to `C`. */
export interface Thing {
  readonly kind: CutThing['kind'];
  /** The name of a system, also for its sessions; the id of a principal. */
  readonly id: string;
  readonly hosts: readonly string[];
  readonly principals: readonly string[];
}

/**
 * By system, the roles that it has by its hosts alone, so that denying each host its sessions takes them away: they let in
 * nobody but instances (docs/decisions/0011). Systems without any are absent.
 */
export function rolesByHosts({ estate, live, claims }: Ground): ReadonlyMap<string, readonly string[]> {
  const alone = new Set(
    live.principals.filter(({ trustPolicy }) => trustsInstancesAlone(trustPolicy)).map(({ id }) => id),
  );
  return new Map(
    estate.systems.flatMap(({ name }) => {
      const roles = (claims.hostsOf.get(name) ?? []).flatMap((host) => claims.roleOf.get(host) ?? []);
      const own = sortedTexts(roles.filter((role) => alone.has(role)));
      return own.length === 0 ? [] : [[name, own] as const];
    }),
  );
}

/**
 * Every system, then every principal, then the sessions of systems that have roles by them; each in the estate's order.
 *
 * @param bySessions - of {@link rolesByHosts}
 */
export function thingsOf(
  { estate, claims }: Ground,
  bySessions: ReadonlyMap<string, readonly string[]>,
): readonly Thing[] {
  const hostsOf = (name: string): readonly string[] => claims.hostsOf.get(name) ?? [];
  return [
    ...estate.systems.map(({ name }) => ({ kind: 'system' as const, id: name, hosts: hostsOf(name), principals: [] })),
    ...estate.principals.map(({ id }) => ({ kind: 'principal' as const, id, hosts: [], principals: [id] })),
    ...estate.systems
      .filter(({ name }) => bySessions.has(name))
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
