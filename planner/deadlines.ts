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

/** Limits of protected services: of their modes, and delays of whatever they need, however far. */
function limitsOf(services: readonly SliceService[], systems: Systems): readonly Limit[] {
  const needed = neededBy(systems, services.flatMap(directNeeds));
  const modes = services.flatMap((service) => service.modes);
  const needs = [...modes, ...[...needed].flatMap((name) => systems.get(name) ?? [])].map((each) => each.needs);
  return [...services.flatMap(modeLimits), ...needs.flatMap(delaysIn)];
}

/** Limits not looked at yet, by length: the shortest first, so that each system is settled once. */
class Open {
  readonly #byLength = new Map<number, string[]>();

  add({ lengthMs, system }: Limit): void {
    const known = this.#byLength.get(lengthMs);
    if (known) known.push(system);
    else this.#byLength.set(lengthMs, [system]);
  }

  takeShortest(): { readonly lengthMs: number; readonly systems: string[] } | undefined {
    const lengthMs = [...this.#byLength.keys()].reduce((least, each) => Math.min(least, each), Infinity);
    const systems = this.#byLength.get(lengthMs);
    this.#byLength.delete(lengthMs);
    return systems && { lengthMs, systems };
  }
}

/**
 * For each system that a protected service needs, the shortest time limit that runs while it is away: a need's `after`, or
 * the `for` of a mode that a better one would end. What a system needs at once is never due later than the system itself.
 *
 * @returns milliseconds by system name; systems under no limit are absent
 */
export function deadlinesOf(slice: Slice): ReadonlyMap<string, number> {
  const systems = new Map(slice.systems.map((system) => [system.name, system]));
  const open = new Open();
  const protectedServices = slice.services.filter((each) => each.protected);
  for (const limit of limitsOf(protectedServices, systems)) open.add(limit);
  const deadlines = new Map<string, number>();
  for (let taken = open.takeShortest(); taken; taken = open.takeShortest()) {
    const { lengthMs, systems: due } = taken;
    for (let system = due.pop(); system !== undefined; system = due.pop()) {
      if (deadlines.has(system)) continue;
      deadlines.set(system, lengthMs);
      for (const part of partsOf(systems.get(system)?.needs)) {
        if (typeof part === 'string') due.push(part);
        else open.add({ system: part.on, lengthMs: lengthMs + durationMs(part.after) });
      }
    }
  }
  return deadlines;
}
