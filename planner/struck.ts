import type { Contained } from '../model/continuity.ts';
import type { Slice } from '../model/plan.ts';

type SliceSystem = Slice['systems'][number];

/** How many hosts of a system are neither contained nor run with a role that is. */
export function freeHosts({ hosts, runsWith = [] }: SliceSystem, contained: Contained): number {
  const lost = runsWith.filter(({ id }) => contained.principals.has(id));
  if (lost.some((role) => role.hosts === undefined)) return 0;
  const fallen = new Set(lost.flatMap((role) => role.hosts ?? []));
  let free = 0;
  for (const host of hosts) if (!contained.hosts.has(host) && !fallen.has(host)) free += 1;
  return free;
}

/** True when a system is down by itself: too few free hosts, or a principal it uses is contained. */
export function isStruck(system: SliceSystem, contained: Contained): boolean {
  return freeHosts(system, contained) < system.capacity || system.uses.some((id) => contained.principals.has(id));
}
