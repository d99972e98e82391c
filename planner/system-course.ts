import type { Clocks, Contained } from '../model/continuity.ts';
import type { Slice } from '../model/plan.ts';
import type { NeedGraph } from './need-graph.ts';
import { settle, settleMore } from './need-graph.ts';
import type { Strikes, Tally } from './strikes.ts';

/** What is contained, from when on, what is remembered, and when it is due back; milliseconds of one clock. */
export interface ContainedInTime {
  readonly tally: Tally;
  readonly nowMs: number;
  readonly clocks: Clocks;
  /** When hosts and principals leave `C`, by id; what is not in here, or was due before now, stays. */
  readonly dueMs: ReadonlyMap<string, number>;
  /** The last moment looked at; infinity for as long as anything changes. */
  readonly untilMs: number;
  /** The first moment of the same world with less contained, where it is known. */
  readonly less?: SystemMoment | undefined;
}

/** How the nodes of a need graph stand from one time on; below zero is down. */
export interface SystemMoment {
  readonly atMs: number;
  readonly slack: Int32Array;
  /** Needs that gave way then, in words, each once. */
  readonly gaveWay: readonly string[];
}

/** What systems are walked through time with. */
export interface SystemGround {
  readonly slice: Slice;
  readonly graph: NeedGraph;
  readonly strikes: Strikes;
}

/** What is left of `C` at a time. */
function stillContained({ tally, dueMs, nowMs }: ContainedInTime, atMs: number): Contained {
  const stays = (id: string): boolean => {
    const due = dueMs.get(id) ?? Infinity;
    return due <= nowMs || atMs < due;
  };
  const { hosts, principals } = tally.contained();
  return { hosts: new Set([...hosts].filter(stays)), principals: new Set([...principals].filter(stays)) };
}

/** Times, after now and not after the end, at which something leaves `C`. */
function releaseTimes({ tally, dueMs, nowMs, untilMs }: ContainedInTime): readonly number[] {
  if (dueMs.size === 0 || untilMs <= nowMs) return [];
  const times = new Set<number>();
  const { hosts, principals } = tally.contained();
  for (const ids of [hosts, principals]) for (const id of ids) times.add(dueMs.get(id) ?? Infinity);
  return [...times].filter((time) => time > nowMs && time <= untilMs).sort((one, other) => one - other);
}

/** Since when some systems are down, by position; those that are up are absent. */
type DownSince = Map<number, number>;

function rememberDown(
  systems: Iterable<number>,
  { slice }: SystemGround,
  { clocks, nowMs }: ContainedInTime,
): DownSince {
  const since: DownSince = new Map();
  for (const system of systems) {
    const known = clocks.downSince[slice.systems[system]?.name ?? ''];
    if (known !== undefined) since.set(system, Math.min(nowMs, known));
  }
  return since;
}

function noteDown(systems: Iterable<number>, since: DownSince, { atMs, slack }: Omit<SystemMoment, 'gaveWay'>): void {
  for (const system of systems) {
    if ((slack[system] ?? 0) >= 0) since.delete(system);
    else if (!since.has(system)) since.set(system, atMs);
  }
}

/** When a delayed need gives way, as systems stand; never where what it is for is up. */
function endsMs({ on, afterMs }: NeedGraph['delayed'][number], since: DownSince): number {
  return (since.get(on) ?? Infinity) + afterMs;
}

function gaveWayAt({ graph: { delayed } }: SystemGround, since: DownSince, atMs: number): readonly string[] {
  const ended = delayed.filter((each) => endsMs(each, since) === atMs);
  return [...new Set(ended.map(({ need }) => need.then ?? `${need.on} has been down too long`))];
}

/** The walk of systems: its moments, and since when those systems that were watched are down at its end. */
export interface SystemWalk {
  readonly moments: readonly SystemMoment[];
  readonly downSince: DownSince;
}

/**
 * Walks systems from now to the end of the look-ahead: a moment for each time at which something is given back or a delayed
 * need gives way. What has fallen falls, what can be up is up again.
 *
 * @param watched - systems whose times of falling are asked for at the end; those that delays hang on always are
 */
export function walkSystems(ground: SystemGround, world: ContainedInTime, watched?: Iterable<number>): SystemWalk {
  const { graph, strikes } = ground;
  const { nowMs, untilMs } = world;
  const followed = new Set(watched ?? graph.delayed.map(({ on }) => on));
  const since = rememberDown(followed, ground, world);
  const releases = releaseTimes(world);
  const moments: SystemMoment[] = [];
  for (let atMs = nowMs; ;) {
    const gaveWay = atMs === nowMs ? [] : gaveWayAt(ground, since, atMs);
    const expired = Uint8Array.from(graph.delayed, (each) => Number(endsMs(each, since) <= atMs));
    const struck = atMs === nowMs ? world.tally.struck() : strikes.struckBy(stillContained(world, atMs));
    const slack =
      world.less && atMs === nowMs
        ? settleMore(graph, world.less.slack, { struck, expired })
        : settle(graph, struck, expired);
    noteDown(followed, since, { atMs, slack });
    moments.push({ atMs, slack, gaveWay });
    let nextMs = releases.find((time) => time > atMs) ?? Infinity;
    for (const each of graph.delayed) {
      const end = endsMs(each, since);
      if (end > atMs && end < nextMs) nextMs = end;
    }
    if (nextMs === Infinity || nextMs > untilMs) return { moments, downSince: since };
    atMs = nextMs;
  }
}
