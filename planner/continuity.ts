import type { Clocks, Contained, Failing, Standing } from '../model/continuity.ts';
import { servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import type { NeedGraph } from './need-graph.ts';
import { buildNeedGraph, settle } from './need-graph.ts';
import { standingOf } from './shares.ts';
import type { SiteGroup } from './site-groups.ts';
import { enterBestMode, groupsOf, rememberedOf, remember } from './site-groups.ts';
import { isStruck } from './struck.ts';

/** What is contained and what probes see failing: `C` and `F` of DESIGN.md, *Continuity, exactly*. */
export interface World {
  readonly contained: Contained;
  readonly failing: Failing;
}

/** A world with its times, in milliseconds of any one clock. Absent: now is 0, and everything that is down fell now. */
export interface WorldInTime extends World {
  readonly nowMs?: number;
  readonly clocks?: Clocks;
}

/** A world and how far to look ahead. */
export interface Outlook extends WorldInTime {
  /** When hosts and principals leave `C`, by id; what is not in here, or was due before now, stays. */
  readonly dueMs: ReadonlyMap<string, number>;
  /** The last moment looked at; infinity for as long as anything changes. */
  readonly untilMs: number;
}

/** How services stand from one time on, and which limits ran out then: what ended, by service or for all that need it. */
export interface CourseMoment {
  readonly atMs: number;
  readonly standings: readonly Standing[];
  readonly ended: readonly Ended[];
}

/** A limit that ran out: a mode's `for` at sites of one service, or a need's `after`. */
export interface Ended {
  readonly service?: string;
  readonly words: string;
}

/** The continuity function of one slice, ready to be asked about many worlds. */
export interface Continuity {
  /** How every service of the slice stands now, in the slice's order. */
  readonly standings: (world: WorldInTime) => readonly Standing[];
  /** Names of the systems that are up now. */
  readonly systemsUp: (contained: Contained) => ReadonlySet<string>;
  /** How every service stands from now to the end of the look-ahead: a moment for each time at which something may change. */
  readonly course: (outlook: Outlook) => readonly CourseMoment[];
  /** What is to be remembered at `untilMs` of a world that has been as it is from its `nowMs` until then. */
  readonly remembered: (world: WorldInTime, untilMs: number) => Clocks;
  /** True where something in the slice changes by time alone. */
  readonly hasClocks: boolean;
}

/** Nothing remembered. */
export const noClocks: Clocks = { downSince: {}, lastBetter: {} };

const nothingDue: Pick<Outlook, 'dueMs' | 'untilMs'> = { dueMs: new Map(), untilMs: -Infinity };

/** Systems that are down by themselves. */
function struckSystems(slice: Slice, contained: Contained): readonly number[] {
  const struck: number[] = [];
  for (const [index, system] of slice.systems.entries()) if (isStruck(system, contained)) struck.push(index);
  return struck;
}

/** What is left of `C` at a time. */
function stillContained({ contained, dueMs, nowMs = 0 }: Outlook, atMs: number): Contained {
  if (atMs === nowMs) return contained;
  const stays = (id: string): boolean => {
    const due = dueMs.get(id) ?? Infinity;
    return due <= nowMs || atMs < due;
  };
  return {
    hosts: new Set([...contained.hosts].filter(stays)),
    principals: new Set([...contained.principals].filter(stays)),
  };
}

/** Times, after now, at which something leaves `C`. */
function releaseTimes({ contained, dueMs, nowMs = 0 }: Outlook): readonly number[] {
  const times = [...contained.hosts, ...contained.principals].map((id) => dueMs.get(id) ?? Infinity);
  return [...new Set(times)].filter((time) => time > nowMs && time < Infinity).sort((one, other) => one - other);
}

/** A world on its way through time: since when systems are down, and where sites are. */
interface Walk {
  readonly slice: Slice;
  readonly graph: NeedGraph;
  readonly outlook: Outlook;
  /** By system of the slice; NaN while it is up. */
  readonly downSinceMs: Float64Array;
  readonly groups: readonly (readonly SiteGroup[])[];
}

function beginWalk(slice: Slice, graph: NeedGraph, outlook: Outlook): Walk {
  const { failing, clocks = noClocks, nowMs = 0 } = outlook;
  const downSinceMs = Float64Array.from(slice.systems, ({ name }) => Math.min(nowMs, clocks.downSince[name] ?? NaN));
  const groups = slice.services.map((service) => groupsOf(service, { failing, clocks, nowMs }));
  return { slice, graph, outlook, downSinceMs, groups };
}

function expiredAt({ graph, downSinceMs }: Walk, atMs: number): Uint8Array {
  return Uint8Array.from(graph.delayed, ({ on, afterMs }) => Number((downSinceMs[on] ?? NaN) + afterMs <= atMs));
}

/** Brings systems to a time: what has fallen falls, what can be up is up again. Gives the slack of every node. */
function stepSystems(walk: Walk, atMs: number): Int32Array {
  const { slice, graph, outlook, downSinceMs } = walk;
  const struck = struckSystems(slice, stillContained(outlook, atMs));
  const slack = settle(graph, struck, expiredAt(walk, atMs));
  for (let system = 0; system < slice.systems.length; system += 1) {
    if ((slack[system] ?? 0) >= 0) downSinceMs[system] = NaN;
    else if (Number.isNaN(downSinceMs[system])) downSinceMs[system] = atMs;
  }
  return slack;
}

/** Brings sites to a time. Gives the earliest limit any of them is then under. */
function stepSites({ slice, graph, groups }: Walk, atMs: number, slack: Int32Array): number {
  let nextMs = Infinity;
  for (const [index, service] of slice.services.entries()) {
    for (const group of groups[index] ?? []) {
      const nodes = graph.modeNodes[index]?.[group.position];
      const holds = (mode: number): boolean => (slack[nodes?.[mode] ?? -1] ?? 0) >= 0;
      nextMs = Math.min(nextMs, enterBestMode(group, service, { atMs, holds }));
    }
  }
  return nextMs;
}

function standingsOf({ slice, graph, groups }: Walk, slack: Int32Array): readonly Standing[] {
  return slice.services.map((service, index) => {
    const nodes = graph.modeNodes[index]?.[0];
    const empty = service.modes.find((_, mode) => (slack[nodes?.[mode] ?? -1] ?? 0) >= 0)?.mode ?? 'down';
    return standingOf(service, groups[index] ?? [], empty);
  });
}

/** The next time a delayed need gives way. */
function nextDelayMs({ graph, downSinceMs }: Walk, atMs: number): number {
  let nextMs = Infinity;
  for (const { on, afterMs } of graph.delayed) {
    const endMs = (downSinceMs[on] ?? NaN) + afterMs;
    if (endMs > atMs && endMs < nextMs) nextMs = endMs;
  }
  return nextMs;
}

/** Limits that run out at a time, in words: modes that sites are about to leave, and needs that give way. */
function endingAt({ slice, graph, groups, downSinceMs }: Walk, atMs: number): readonly Ended[] {
  const modes = slice.services.flatMap(({ name, modes: own }, index) =>
    own.flatMap(({ mode, forMs, then }) => {
      const ends = (group: SiteGroup): boolean =>
        group.mode === mode && (group.lastBetterMs[servingModes.indexOf(mode)] ?? 0) + (forMs ?? Infinity) === atMs;
      return groups[index]?.some(ends) ? [{ service: name, words: then ?? `${mode} has run its time` }] : [];
    }),
  );
  const needs = graph.delayed
    .filter(({ on, afterMs }) => (downSinceMs[on] ?? NaN) + afterMs === atMs)
    .map(({ need }) => need.then ?? `${need.on} has been down too long`);
  return [...modes, ...[...new Set(needs)].map((words) => ({ words }))];
}

function walkCourse(walk: Walk): readonly CourseMoment[] {
  const { nowMs = 0, untilMs } = walk.outlook;
  const releases = releaseTimes(walk.outlook);
  const moments: CourseMoment[] = [];
  for (let atMs = nowMs; ;) {
    const ended = atMs === nowMs ? [] : endingAt(walk, atMs);
    if (atMs > nowMs) for (const groups of walk.groups) for (const group of groups) remember(group, atMs);
    const slack = stepSystems(walk, atMs);
    const limitMs = stepSites(walk, atMs, slack);
    moments.push({ atMs, standings: standingsOf(walk, slack), ended });
    const releaseMs = releases.find((time) => time > atMs) ?? Infinity;
    const nextMs = Math.min(limitMs, nextDelayMs(walk, atMs), releaseMs);
    if (nextMs === Infinity || nextMs > untilMs) return moments;
    atMs = nextMs;
  }
}

/** Clocks at the end of a walk; services whose modes have no limits need none. */
function clocksAt({ slice, groups, downSinceMs }: Walk, atMs: number): Clocks {
  for (const own of groups) for (const group of own) remember(group, atMs);
  const downSince = slice.systems.flatMap(({ name }, index) => {
    const since = downSinceMs[index] ?? NaN;
    return Number.isNaN(since) ? [] : [[name, since] as const];
  });
  const lastBetter = slice.services.flatMap(({ name, modes, classes }, index) => {
    if (modes.every(({ forMs }) => forMs === undefined)) return [];
    const of = (position: number): readonly SiteGroup[] =>
      groups[index]?.filter((group) => group.position === position) ?? [];
    return [[name, classes.map((_, position) => rememberedOf(of(position)))] as const];
  });
  return { downSince: Object.fromEntries(downSince), lastBetter: Object.fromEntries(lastBetter) };
}

/** Prepares the continuity function of a slice (DESIGN.md, *Continuity, exactly*): linear in the slice, for each time looked at. */
export function continuityOf(slice: Slice): Continuity {
  const graph = buildNeedGraph(slice);
  const walkNow = (world: WorldInTime): { readonly walk: Walk; readonly slack: Int32Array } => {
    const walk = beginWalk(slice, graph, { ...world, ...nothingDue });
    const slack = stepSystems(walk, world.nowMs ?? 0);
    stepSites(walk, world.nowMs ?? 0, slack);
    return { walk, slack };
  };
  return {
    hasClocks:
      graph.delayed.length > 0 || slice.services.some(({ modes }) => modes.some(({ forMs }) => forMs !== undefined)),
    standings: (world) => {
      const { walk, slack } = walkNow(world);
      return standingsOf(walk, slack);
    },
    systemsUp: (contained) => {
      const slack = settle(graph, struckSystems(slice, contained), new Uint8Array(graph.delayed.length));
      return new Set(slice.systems.filter((_, index) => (slack[index] ?? 0) >= 0).map(({ name }) => name));
    },
    course: (outlook) => walkCourse(beginWalk(slice, graph, outlook)),
    remembered: (world, untilMs) => {
      const walk = beginWalk(slice, graph, { ...world, dueMs: new Map(), untilMs });
      walkCourse(walk);
      return clocksAt(walk, untilMs);
    },
  };
}

/**
 * How every service stands in one world, now: the weight of its sites by best mode, and its floor with the least margin.
 * Monotone: more contained or failing never makes a service better.
 */
export function assess(slice: Slice, world: WorldInTime): readonly Standing[] {
  return continuityOf(slice).standings(world);
}
