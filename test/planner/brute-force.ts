import type { Contained, Failing } from '../../model/continuity.ts';
import type { Estate } from '../../model/estate.ts';
import type { LiveReads } from '../../model/live.ts';
import type { Mode, Need, ServingMode } from '../../model/modes.ts';
import { modes, servingModes } from '../../model/modes.ts';

/** The world as the slow check sees it: estate and live reads as they are, nothing folded, nothing indexed. */
export interface SlowWorld {
  readonly estate: Estate;
  readonly live: LiveReads;
  readonly contained: Contained;
  readonly failing: Failing;
}

function holds(need: Need | undefined, up: ReadonlySet<string>): boolean {
  if (need === undefined) return true;
  if (typeof need === 'string') return up.has(need);
  if ('all' in need) return need.all.every((part) => holds(part, up));
  return need.of.filter((part) => holds(part, up)).length >= need.atLeast;
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
export function slowSystemsUp(world: SlowWorld): ReadonlySet<string> {
  const names = world.estate.systems.map(({ name }) => name);
  const needs = new Map(world.estate.systems.map((system) => [system.name, system.needs]));
  const alone = new Set(names.filter((name) => standsAlone(name, world)));
  const up = new Set<string>();
  for (let bits = 0; bits < 2 ** names.length; bits += 1) {
    const candidate = new Set(names.filter((_, index) => (bits >> index) % 2 === 1));
    const isSolution = [...candidate].every((name) => alone.has(name) && holds(needs.get(name), candidate));
    if (isSolution) for (const name of candidate) up.add(name);
  }
  return up;
}

function isTaken(mode: ServingMode, site: string, entries: Failing): boolean {
  return entries.some(
    (entry) => entry.sites.includes(site) && servingModes.indexOf(entry.mode) >= servingModes.indexOf(mode),
  );
}

/** Each site of a service in its best mode, one by one, as weights by mode. */
export function slowWeights(service: string, world: SlowWorld): Readonly<Record<Mode, number>> {
  const up = slowSystemsUp(world);
  const own = world.estate.services.find(({ name }) => name === service);
  const entries = world.failing.filter((entry) => entry.service === service);
  const weights = { normal: 0, degraded: 0, manual: 0, down: 0 };
  for (const { site, weight } of world.estate.sites[service] ?? []) {
    const best = servingModes.find((mode) => {
      const given = own?.modes[mode];
      return given !== undefined && holds(given.needs, up) && !isTaken(mode, site, entries);
    });
    weights[best ?? 'down'] += weight;
  }
  return weights;
}

/** True where every floor of a service holds. */
export function slowFloorsHold(service: string, world: SlowWorld): boolean {
  const weights = slowWeights(service, world);
  const total = modes.reduce((sum, mode) => sum + weights[mode], 0);
  const floors = world.estate.services.find(({ name }) => name === service)?.floor ?? [];
  return floors.every(({ mode, share }) => {
    const enough = servingModes.slice(0, servingModes.indexOf(mode) + 1).reduce((sum, each) => sum + weights[each], 0);
    return enough / total >= share - 1e-7;
  });
}
