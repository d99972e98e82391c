import { durationMs } from '../../model/duration.ts';
import type { Contained, Failing } from '../../model/continuity.ts';
import type { Estate, Floor } from '../../model/estate.ts';
import type { LiveReads } from '../../model/live.ts';
import type { Mode, Need, ServingMode } from '../../model/modes.ts';
import { modes, servingModes } from '../../model/modes.ts';

export const hourMs = 3_600_000;

/** The world as the slow check sees it: estate and live reads as they are, nothing folded, nothing indexed. */
export interface SlowWorld {
  readonly estate: Estate;
  readonly live: LiveReads;
  readonly contained: Contained;
  readonly failing: Failing;
}

/** A world hour by hour. Everything in it is a whole number of hours; now is 0. */
export interface SlowTime extends SlowWorld {
  /** When hosts and principals are due back, by id, in hours. */
  readonly due: ReadonlyMap<string, number>;
  readonly downSince: ReadonlyMap<string, number>;
  /** By service and mode: when every site was last in a better one. */
  readonly lastBetter: Readonly<Record<string, Readonly<Partial<Record<ServingMode, number>>>>>;
}

/** How the world stands in one hour. */
export interface SlowHour {
  readonly up: ReadonlySet<string>;
  /** By service and site. */
  readonly modeOf: ReadonlyMap<string, ReadonlyMap<string, Mode>>;
}

interface Delays {
  readonly hour: number;
  readonly downSince: ReadonlyMap<string, number>;
}

function holds(need: Need | undefined, up: ReadonlySet<string>, delays: Delays): boolean {
  if (need === undefined) return true;
  if (typeof need === 'string') return up.has(need);
  if ('on' in need) {
    const end = (delays.downSince.get(need.on) ?? delays.hour) + durationMs(need.after) / hourMs;
    return up.has(need.on) || delays.hour < end;
  }
  if ('all' in need) return need.all.every((part) => holds(part, up, delays));
  return need.of.filter((part) => holds(part, up, delays)).length >= need.atLeast;
}

function standsAlone(name: string, { estate, live, contained }: SlowWorld): boolean {
  const system = estate.systems.find((each) => each.name === name);
  const hosts = live.instances.filter((each) => each.tags['system'] === name && each.state !== 'terminated');
  const isLost = (id: string, role = ''): boolean => contained.hosts.has(id) || contained.principals.has(role);
  const free = hosts.filter(({ id, state, role }) => state === 'running' && !isLost(id, role?.id)).length;
  const needed = system?.capacity?.hosts ?? Math.max(1, hosts.length);
  return free >= needed && !system?.uses.some((id) => contained.principals.has(id));
}

/** The largest solution, by trying every set of systems: the union of all sets that hold themselves up. */
export function slowSystemsUp(
  world: SlowWorld,
  delays: Delays = { hour: 0, downSince: new Map() },
): ReadonlySet<string> {
  const names = world.estate.systems.map(({ name }) => name);
  const needs = new Map(world.estate.systems.map((system) => [system.name, system.needs]));
  const alone = new Set(names.filter((name) => standsAlone(name, world)));
  const up = new Set<string>();
  for (let bits = 0; bits < 2 ** names.length; bits += 1) {
    const candidate = new Set(names.filter((_, index) => (bits >> index) % 2 === 1));
    const isSolution = [...candidate].every((name) => alone.has(name) && holds(needs.get(name), candidate, delays));
    if (isSolution) for (const name of candidate) up.add(name);
  }
  return up;
}

interface SiteClock {
  mode: Mode;
  readonly lastBetter: Map<ServingMode, number>;
}

function takenSince(
  at: { readonly service: string; readonly site: string },
  mode: ServingMode,
  entries: Failing,
): number {
  const { service, site } = at;
  const taking = entries.filter(
    (entry) =>
      entry.service === service &&
      entry.sites.includes(site) &&
      servingModes.indexOf(entry.mode) >= servingModes.indexOf(mode),
  );
  return Math.min(Infinity, ...taking.map(({ since }) => (since ?? 0) / hourMs));
}

function firstClock(service: string, site: string, world: SlowTime): SiteClock {
  const lastBetter = new Map<ServingMode, number>();
  for (const [rank, mode] of servingModes.entries()) {
    if (rank === 0) continue;
    const lost = Math.max(
      ...servingModes.slice(0, rank).map((each) => takenSince({ service, site }, each, world.failing)),
    );
    lastBetter.set(mode, Math.min(0, world.lastBetter[service]?.[mode] ?? 0, lost));
  }
  return { mode: 'down', lastBetter };
}

function contained({ contained: { hosts, principals }, due }: SlowTime, hour: number): Contained {
  const stays = (id: string): boolean => !((due.get(id) ?? Infinity) > 0 && (due.get(id) ?? Infinity) <= hour);
  return { hosts: new Set([...hosts].filter(stays)), principals: new Set([...principals].filter(stays)) };
}

/** Every hour from now to the last, each site of each service one by one. */
export function slowCourse(world: SlowTime, lastHour: number): readonly SlowHour[] {
  const { estate } = world;
  let downSince: ReadonlyMap<string, number> = world.downSince;
  const clocks = new Map(
    estate.services.map(({ name }) => [
      name,
      new Map((estate.sites[name] ?? []).map(({ site }) => [site, firstClock(name, site, world)])),
    ]),
  );
  const hours: SlowHour[] = [];
  for (let hour = 0; hour <= lastHour; hour += 1) {
    const delays = { hour, downSince };
    const up = slowSystemsUp({ ...world, contained: contained(world, hour) }, delays);
    const down = estate.systems.filter(({ name }) => !up.has(name));
    downSince = new Map(down.map(({ name }) => [name, Math.min(hour, delays.downSince.get(name) ?? hour)]));
    const modeOf = new Map<string, ReadonlyMap<string, Mode>>();
    for (const service of estate.services) {
      const inHour = new Map<string, Mode>();
      for (const site of estate.sites[service.name] ?? []) {
        const clock = clocks.get(service.name)?.get(site.site);
        if (!clock) continue;
        if (hour > 0) {
          for (const mode of servingModes.slice(modes.indexOf(clock.mode) + 1)) clock.lastBetter.set(mode, hour);
        }
        clock.mode =
          servingModes.find((mode) => {
            const given = service.modes[mode];
            if (!given || takenSince({ service: service.name, site: site.site }, mode, world.failing) !== Infinity)
              return false;
            const own = site.needs?.[mode] ?? [];
            const end =
              (clock.lastBetter.get(mode) ?? 0) + (given.for === undefined ? Infinity : durationMs(given.for) / hourMs);
            const after = { hour, downSince };
            return hour < end && holds(given.needs, up, after) && own.every((name) => up.has(name));
          }) ?? 'down';
        inHour.set(site.site, clock.mode);
      }
      modeOf.set(service.name, inHour);
    }
    hours.push({ up, modeOf });
  }
  return hours;
}

const still: Omit<SlowTime, keyof SlowWorld> = { due: new Map(), downSince: new Map(), lastBetter: {} };

/** Each site of a service in its best mode in one hour, as weights by mode; of one tier, or of all. */
export function weightsIn(
  { modeOf }: SlowHour,
  estate: Estate,
  of: { readonly service: string; readonly tier?: string | undefined },
): Readonly<Record<Mode, number>> {
  const weights = { normal: 0, degraded: 0, manual: 0, down: 0 };
  for (const { site, weight, tier } of estate.sites[of.service] ?? []) {
    if (of.tier !== undefined && tier !== of.tier) continue;
    weights[modeOf.get(of.service)?.get(site) ?? 'down'] += weight;
  }
  return weights;
}

/** The same for a world as it is now. */
export function slowWeights(service: string, world: SlowWorld): Readonly<Record<Mode, number>> {
  const [now] = slowCourse({ ...world, ...still }, 0);
  return now ? weightsIn(now, world.estate, { service }) : { normal: 0, degraded: 0, manual: 0, down: 0 };
}

function floorHolds({ tier, mode, share }: Floor, service: string, at: { hour: SlowHour; estate: Estate }): boolean {
  const weights = weightsIn(at.hour, at.estate, { service, tier });
  const total = modes.reduce((sum, each) => sum + weights[each], 0);
  const enough = servingModes.slice(0, servingModes.indexOf(mode) + 1).reduce((sum, each) => sum + weights[each], 0);
  return total === 0 || enough / total >= share - 1e-7;
}

/** True where every floor of a service holds in an hour. */
export function floorsHoldIn(hour: SlowHour, service: string, estate: Estate): boolean {
  const floors = estate.services.find(({ name }) => name === service)?.floor ?? [];
  return floors.every((floor) => floorHolds(floor, service, { hour, estate }));
}
