import type { ServiceClock, Slice } from '../model/plan.ts';
import type { Context } from './context.ts';
import { noClocks } from './continuity.ts';
import type { Draft } from './draft.ts';
import { endedWords } from './guard.ts';
import type { DraftTier } from './restore.ts';
import { forecastOf, isWorse } from './shares.ts';
import { directNeeds, neededBy } from './slice.ts';

/** The last tier that gives back something a service needs. */
function dueOf(
  service: Slice['services'][number],
  tiers: readonly DraftTier[],
  systems: Parameters<typeof neededBy>[0],
): ServiceClock['due'] {
  const needed = neededBy(systems, directNeeds(service));
  const isNeeded = (names: readonly string[]): boolean => names.some((name) => needed.has(name));
  const tier = tiers.findLast(({ targets }) => targets.some((target) => isNeeded(target.systems)));
  return tier && { tier: tier.name, releaseByMs: tier.releaseByMs };
}

/**
 * For each service of the slice, the first time limit that makes it worse while nothing is given back, counted from the
 * start (DESIGN.md, *Continuity, exactly*: what runs out after the look-ahead is shown as "restore before").
 */
export function clocksOf(draft: Draft, context: Context): readonly (ServiceClock | undefined)[] {
  const { continuity, slice, baseline } = context;
  if (!continuity.hasClocks) return slice.services.map(() => undefined);
  const contained = draft.moments.at(-1)?.contained ?? baseline;
  const outlook = { contained, failing: [], nowMs: 0, clocks: noClocks, dueMs: new Map(), untilMs: Infinity };
  const [first, ...later] = continuity.course(outlook);
  const systems = new Map(slice.systems.map((system) => [system.name, system]));
  return slice.services.map((service, position) => {
    const { name, protected: isProtected } = service;
    const before = first?.standings[position];
    const end = later.find(({ standings }) => before && standings[position] && isWorse(before, standings[position]));
    const standing = end?.standings[position];
    if (!end || !standing) return undefined;
    const due = dueOf(service, draft.tiers, systems);
    return {
      endsMs: end.atMs,
      because: endedWords(name, end),
      becomes: forecastOf(standing),
      breaks: isProtected && standing.floor?.holds === false && before?.floor?.holds === true,
      ...(due && { due }),
    };
  });
}
