import { durationMs } from '../model/duration.ts';
import type { DelayedNeed, Need } from '../model/modes.ts';
import { namesIn } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import { directNeeds, neededBy } from './slice.ts';

type SliceService = Slice['services'][number];

/** A time limit that runs while something is away, and the systems whose being back stops it. */
interface Limit {
  readonly lengthMs: number;
  readonly systems: readonly string[];
}

function delaysIn(need: Need | undefined): readonly DelayedNeed[] {
  if (need === undefined || typeof need === 'string') return [];
  if ('on' in need) return [need];
  return ('all' in need ? need.all : need.of).flatMap(delaysIn);
}

/** Limits of modes: what the better modes need stops them. */
function modeLimits({ modes, classes }: SliceService): readonly Limit[] {
  return modes.flatMap(({ forMs }, position) => {
    if (forMs === undefined) return [];
    const better = modes.slice(0, position);
    const own = classes.map(({ needs = {} }) => better.flatMap(({ mode }) => needs[mode] ?? []));
    return [{ lengthMs: forMs, systems: [...better.flatMap(({ needs }) => namesIn(needs)), ...own.flat()] }];
  });
}

/**
 * For each system that a protected service needs, the shortest time limit that runs while it is away: a need's `after`, or
 * the `for` of a mode that a better one would end. What a system needs is never due later than the system itself.
 *
 * @returns milliseconds by system name; systems under no limit are absent
 */
export function deadlinesOf({ systems, services }: Slice): ReadonlyMap<string, number> {
  const byName = new Map(systems.map((system) => [system.name, system]));
  const limits = services
    .filter((service) => service.protected)
    .flatMap((service): readonly Limit[] => {
      const needed = neededBy(byName, directNeeds(service));
      const needs = [...service.modes, ...[...needed].flatMap((name) => byName.get(name) ?? [])].map(
        (each) => each.needs,
      );
      const delays = needs.flatMap(delaysIn);
      return [
        ...modeLimits(service),
        ...delays.map(({ on, after }) => ({ lengthMs: durationMs(after), systems: [on] })),
      ];
    });
  const deadlines = new Map<string, number>();
  for (const { lengthMs, systems: named } of limits) {
    for (const name of neededBy(byName, named)) {
      deadlines.set(name, Math.min(lengthMs, deadlines.get(name) ?? Infinity));
    }
  }
  return deadlines;
}
