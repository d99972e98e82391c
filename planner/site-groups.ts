import type { ClassMemory, Clocks, Failing } from '../model/continuity.ts';
import type { Mode, ServingMode } from '../model/modes.ts';
import { modes, servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';

type SliceService = Slice['services'][number];

/** Sites of one class from which probes take the same modes since the same time, as time goes by. */
export interface SiteGroup {
  readonly position: number;
  /** What probes take and since when, as a text: what is remembered is kept under it. */
  readonly key: string;
  readonly weight: number;
  readonly tier: string | undefined;
  /** By mode, best first: since when a probe takes it away; infinity where none does. */
  readonly takenSinceMs: readonly number[];
  /** By mode, best first: when these sites were last in a better one. */
  readonly lastBetterMs: number[];
  mode: Mode;
}

interface Loss {
  readonly key: string;
  readonly sinceMs: readonly number[];
}

/** For each site with a failing probe, since when each mode is taken: a failing probe takes its mode and every better one. */
function lossesOf(service: SliceService, failing: Failing, nowMs: number): ReadonlyMap<string, Loss> {
  const since = new Map<string, number[]>();
  for (const entry of failing) {
    if (entry.service !== service.name) continue;
    const rank = servingModes.indexOf(entry.mode);
    for (const site of entry.sites) {
      const taken = since.get(site) ?? servingModes.map(() => Infinity);
      for (let each = 0; each <= rank; each += 1) taken[each] = Math.min(taken[each] ?? Infinity, entry.since ?? nowMs);
      since.set(site, taken);
    }
  }
  return new Map([...since].map(([site, sinceMs]) => [site, { key: sinceMs.join(' '), sinceMs }]));
}

const nothingTaken: Loss = { key: '', sinceMs: servingModes.map(() => Infinity) };

function sitesByLoss(
  sites: readonly string[],
  losses: ReadonlyMap<string, Loss>,
): readonly (readonly [Loss, number])[] {
  if (losses.size === 0) return [[nothingTaken, sites.length]];
  const counts = new Map<string, [Loss, number]>();
  for (const site of sites) {
    const loss = losses.get(site) ?? nothingTaken;
    const entry = counts.get(loss.key);
    if (entry) entry[1] += 1;
    else counts.set(loss.key, [loss, 1]);
  }
  return [...counts.values()];
}

/** The latest time remembered for any sites of a class: what sites go by that were not told apart before. */
function latest(memory: ClassMemory, mode: ServingMode): number {
  return Object.values(memory).reduce((most, each) => Math.max(most, each[mode] ?? -Infinity), -Infinity);
}

/** When a group was last in a mode better than each: as remembered, and not after the last of the better ones was taken. */
function lastBetter({ key, sinceMs }: Loss, memory: ClassMemory, nowMs: number): number[] {
  return servingModes.map((mode, rank) => {
    const remembered = memory[key]?.[mode] ?? latest(memory, mode);
    const known = remembered === -Infinity ? nowMs : Math.min(nowMs, remembered);
    return rank === 0 ? known : Math.min(known, Math.max(...sinceMs.slice(0, rank)));
  });
}

/** What tells the groups of a service apart: probes, and what is remembered. */
export interface GroupQuestion {
  readonly failing: Failing;
  readonly clocks: Clocks;
  readonly nowMs: number;
}

/** Splits the classes of a service by what probes take from their sites. */
export function groupsOf(service: SliceService, { failing, clocks, nowMs }: GroupQuestion): readonly SiteGroup[] {
  const losses = lossesOf(service, failing, nowMs);
  return service.classes.flatMap(({ weight, tier, sites }, position) =>
    sitesByLoss(sites, losses).map(([loss, count]) => ({
      position,
      key: loss.key,
      weight: weight * count,
      tier,
      takenSinceMs: loss.sinceMs,
      lastBetterMs: lastBetter(loss, clocks.lastBetter[service.name]?.[position] ?? {}, nowMs),
      mode: 'down' as const,
    })),
  );
}

/** Until when a group can stay in a mode. */
function endMs(group: SiteGroup, mode: SliceService['modes'][number]): number {
  if (mode.forMs === undefined) return Infinity;
  return (group.lastBetterMs[servingModes.indexOf(mode.mode)] ?? 0) + mode.forMs;
}

/** Puts a group into the best mode that holds at a time, and gives the time limit it is then under, if any. */
export function enterBestMode(
  group: SiteGroup,
  service: SliceService,
  at: { readonly atMs: number; readonly holds: (mode: number) => boolean },
): number {
  const index = service.modes.findIndex(
    (mode, position) =>
      group.takenSinceMs[servingModes.indexOf(mode.mode)] === Infinity &&
      at.atMs < endMs(group, mode) &&
      at.holds(position),
  );
  const entered = service.modes[index];
  group.mode = entered?.mode ?? 'down';
  return entered ? endMs(group, entered) : Infinity;
}

/** Remembers that a group has been in its mode until now: every worse mode counts from here. */
export function remember(group: SiteGroup, nowMs: number): void {
  const rank = modes.indexOf(group.mode);
  for (let worse = rank + 1; worse < servingModes.length; worse += 1) group.lastBetterMs[worse] = nowMs;
}

/** What is to be remembered of the groups of a class. */
export function rememberedOf(groups: readonly SiteGroup[]): ClassMemory {
  return Object.fromEntries(
    groups.map(({ key, lastBetterMs }) => [
      key,
      Object.fromEntries(servingModes.slice(1).map((mode, index) => [mode, lastBetterMs[index + 1] ?? 0])),
    ]),
  );
}
