import { durationMs } from '../model/duration.ts';
import type { DelayedNeed, Need } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import { directNeeds, neededBy } from './slice.ts';

type SliceService = Slice['services'][number];

/** A time limit that runs while a system is away. */
interface Limit {
  readonly lengthMs: number;
  readonly system: string;
}

function partsOf(need: Need | undefined): readonly (string | DelayedNeed)[] {
  if (need === undefined) return [];
  if (typeof need === 'string' || 'on' in need) return [need];
  return ('all' in need ? need.all : need.of).flatMap(partsOf);
}

function delaysIn(need: Need | undefined): readonly Limit[] {
  return partsOf(need).flatMap((part) =>
    typeof part === 'string' ? [] : [{ lengthMs: durationMs(part.after), system: part.on }],
  );
}

/** Limits of modes: what the better modes need at once stops them. */
function modeLimits({ modes, classes }: SliceService): readonly Limit[] {
  return modes.flatMap(({ forMs }, position) => {
    if (forMs === undefined) return [];
    const better = modes.slice(0, position);
    const shared = better.flatMap(({ needs }) => partsOf(needs).filter((part) => typeof part === 'string'));
    const own = classes.flatMap(({ needs = {} }) => better.flatMap(({ mode }) => needs[mode] ?? []));
    return [...shared, ...own].map((system) => ({ lengthMs: forMs, system }));
  });
}

type Systems = ReadonlyMap<string, Slice['systems'][number]>;

function limitsOf(service: SliceService, systems: Systems): readonly Limit[] {
  const needed = neededBy(systems, directNeeds(service));
  const needs = [...service.modes, ...[...needed].flatMap((name) => systems.get(name) ?? [])].map((each) => each.needs);
  return [...modeLimits(service), ...needs.flatMap(delaysIn)];
}

/**
 * For each system that a protected service needs, the shortest time limit that runs while it is away: a need's `after`, or
 * the `for` of a mode that a better one would end. What a system needs at once is never due later than the system itself.
 *
 * @returns milliseconds by system name; systems under no limit are absent
 */
export function deadlinesOf(slice: Slice): ReadonlyMap<string, number> {
  const systems = new Map(slice.systems.map((system) => [system.name, system]));
  const open = slice.services.filter((each) => each.protected).flatMap((service) => limitsOf(service, systems));
  const deadlines = new Map<string, number>();
  for (let limit = open.pop(); limit !== undefined; limit = open.pop()) {
    const { system, lengthMs } = limit;
    if (lengthMs >= (deadlines.get(system) ?? Infinity)) continue;
    deadlines.set(system, lengthMs);
    for (const part of partsOf(systems.get(system)?.needs)) {
      if (typeof part === 'string') open.push({ system: part, lengthMs });
      else open.push({ system: part.on, lengthMs: lengthMs + durationMs(part.after) });
    }
  }
  return deadlines;
}
