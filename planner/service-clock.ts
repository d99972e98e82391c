import type { ServiceClock } from '../model/plan.ts';
import type { Context } from './context.ts';
import { noClocks } from './continuity.ts';
import type { Draft } from './draft.ts';
import { endedWords } from './guard.ts';
import { forecastOf, isWorse } from './shares.ts';
import { directNeeds, neededBy } from './slice.ts';

/** The last tier that gives back something a service needs. */
function dueOf(service: number, { tiers }: Draft, { slice }: Context): ServiceClock['due'] {
  const own = slice.services[service];
  const byName = new Map(slice.systems.map((system) => [system.name, system]));
  const needed = neededBy(byName, own ? directNeeds(own) : []);
  const isNeeded = (names: readonly string[]): boolean => names.some((name) => needed.has(name));
  const tier = tiers.findLast(({ targets }) => targets.some(({ systems }) => isNeeded(systems)));
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
  return slice.services.map(({ name, protected: isProtected }, service) => {
    const before = first?.standings[service];
    const end = later.find(({ standings }) => before && standings[service] && isWorse(before, standings[service]));
    const standing = end?.standings[service];
    if (!end || !standing) return undefined;
    const due = dueOf(service, draft, context);
    return {
      endsMs: end.atMs,
      because: endedWords(name, end),
      becomes: forecastOf(standing),
      breaks: isProtected && standing.floor?.holds === false && before?.floor?.holds === true,
      ...(due && { due }),
    };
  });
}
