import type { Contained } from '../model/continuity.ts';
import type { Slice } from '../model/plan.ts';

type SliceSystem = Slice['systems'][number];

const none: ReadonlySet<string> = new Set();

/** Hosts that run with a contained role; all of the system's where they all run with one. */
function fallenWith({ hosts, runsWith }: SliceSystem, { principals }: Contained): ReadonlySet<string> {
  const lost = runsWith?.filter(({ id }) => principals.has(id)) ?? [];
  return lost.length === 0 ? none : new Set(lost.flatMap((role) => role.hosts ?? hosts));
}

/** How many hosts of a system are neither contained nor run with a role that is. */
export function freeHosts(system: SliceSystem, contained: Contained): number {
  const fallen = system.runsWith === undefined ? none : fallenWith(system, contained);
  let free = 0;
  for (const host of system.hosts) if (!contained.hosts.has(host) && !fallen.has(host)) free += 1;
  return free;
}

/** True when a system is down by itself: too few free hosts, or a principal it uses is contained. */
export function isStruck(system: SliceSystem, contained: Contained): boolean {
  return freeHosts(system, contained) < system.capacity || system.uses.some((id) => contained.principals.has(id));
}
