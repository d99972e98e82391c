import { durationMs } from '../model/duration.ts';
import type { Estate, Site } from '../model/estate.ts';
import { namesIn, servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import type { Claims } from './claims.ts';
import { byText } from './graph.ts';
import { sortedTexts } from './order.ts';

type SliceSystem = Slice['systems'][number];
type SliceService = Slice['services'][number];
type Service = Estate['services'][number];

/** Roles that hosts run with and that the estate does not list under `uses`, where losing one takes the whole system anyway. */
function rolesBeside(
  uses: readonly string[],
  hosts: readonly string[],
  { roleOf }: Claims,
): NonNullable<SliceSystem['runsWith']> {
  const hostsWith = new Map<string, string[]>();
  for (const host of hosts) {
    const role = roleOf.get(host);
    if (role !== undefined && !uses.includes(role)) hostsWith.set(role, [...(hostsWith.get(role) ?? []), host]);
  }
  return [...hostsWith]
    .sort(([one], [other]) => byText(one, other))
    .map(([id, own]) => ({ id, ...(own.length < hosts.length && { hosts: own }) }));
}

/**
 * A system with its hosts of now. Without `capacity` it needs all of them; one that has none is down, since what it is
 * controlled by is not there.
 */
function sliceSystem(system: Estate['systems'][number], claims: Claims): SliceSystem {
  const hosts = claims.hostsOf.get(system.name) ?? [];
  const runsWith = rolesBeside(system.uses, hosts, claims);
  return {
    name: system.name,
    ...(system.needs !== undefined && { needs: system.needs }),
    uses: [...system.uses],
    hosts: [...hosts],
    ...(runsWith.length > 0 && { runsWith }),
    capacity: system.capacity?.hosts ?? Math.max(1, hosts.length),
  };
}

/** What sites of one class have in common, as a text; all with a host for TCP probes, or none. Names have no spaces. */
function likeness({ weight, host, tier = '', needs }: Site): string {
  const own = needs ? servingModes.map((mode) => needs[mode]?.join(' ') ?? '').join(' / ') : '';
  return `${weight} ${host === undefined} ${tier} / ${own}`;
}

/** Sites that no probe and no need tells apart, folded; the heaviest first. */
function classesOf(sites: readonly Site[]): SliceService['classes'] {
  const folded = new Map<string, Site[]>();
  for (const site of sites) {
    const key = likeness(site);
    const members = folded.get(key);
    if (members) members.push(site);
    else folded.set(key, [site]);
  }
  return [...folded]
    .sort(([one, [first]], [other, [second]]) => Number(second?.weight) - Number(first?.weight) || byText(one, other))
    .map(([, members]) => {
      const hosts = members.map(({ host }) => host).filter((host) => host !== undefined);
      const { weight = 1, tier, needs } = members[0] ?? {};
      return {
        weight,
        ...(tier !== undefined && { tier }),
        ...(needs && { needs: ownNeeds(needs) }),
        sites: members.map(({ site }) => site),
        ...(hosts.length > 0 && { hosts }),
      };
    });
}

function ownNeeds(needs: NonNullable<Site['needs']>): NonNullable<SliceService['classes'][number]['needs']> {
  const given = servingModes.flatMap((mode) => (needs[mode] ? [[mode, sortedTexts(needs[mode])] as const] : []));
  return Object.fromEntries(given);
}

function modesOf({ modes }: Service): SliceService['modes'] {
  return servingModes.flatMap((mode) => {
    const given = modes[mode];
    if (!given) return [];
    return [
      {
        mode,
        ...(given.needs !== undefined && { needs: given.needs }),
        ...(given.probe && { probe: given.probe }),
        ...(given.for !== undefined && { forMs: durationMs(given.for) }),
        ...(given.then !== undefined && { then: given.then }),
      },
    ];
  });
}

function sliceService(service: Service, sites: readonly Site[]): SliceService {
  return {
    name: service.name,
    protected: service.protected,
    floor: [...service.floor],
    modes: modesOf(service),
    classes: classesOf(sites),
  };
}

/** Systems that a service's modes and sites name, in any mode. */
export function directNeeds({ modes, classes }: Pick<SliceService, 'modes' | 'classes'>): readonly string[] {
  return [
    ...modes.flatMap(({ needs }) => namesIn(needs)),
    ...classes.flatMap(({ needs = {} }) => servingModes.flatMap((mode) => needs[mode] ?? [])),
  ];
}

/** Systems that any of the names need, however far, and those named themselves. */
export function neededBy(
  systems: ReadonlyMap<string, Pick<SliceSystem, 'needs'>>,
  names: readonly string[],
): Set<string> {
  const found = new Set(names);
  // A Set hands out what is added while it is walked.
  for (const name of found) for (const next of namesIn(systems.get(name)?.needs)) found.add(next);
  return found;
}

/** The continuity of the whole estate: every system and every service. */
export function wholeSlice(estate: Estate, claims: Claims): Slice {
  return {
    systems: estate.systems.map((system) => sliceSystem(system, claims)),
    services: estate.services.map((service) => sliceService(service, estate.sites[service.name] ?? [])),
  };
}

/** The part of a slice that its services need: what a plan carries. */
export function carriedSlice({ systems, services }: Slice): Slice {
  const byName = new Map(systems.map((system) => [system.name, system]));
  const needed = neededBy(byName, services.flatMap(directNeeds));
  return { systems: systems.filter(({ name }) => needed.has(name)), services };
}
