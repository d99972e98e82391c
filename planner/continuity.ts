import type { Clocks, Contained, Failing, Standing } from '../model/continuity.ts';
import type { Slice } from '../model/plan.ts';
import type { Waiver } from '../model/waiver.ts';
import { buildNeedGraph, settle } from './need-graph.ts';
import type { ServiceGround, ServiceWorld } from './service-course.ts';
import { serviceGround, ServiceWalk } from './service-course.ts';
import type { Strikes } from './strikes.ts';
import { strikesOf } from './strikes.ts';
import type { ContainedInTime, SystemGround, SystemMoment } from './system-course.ts';
import { walkSystems } from './system-course.ts';

/** What is contained and what probes see failing: `C` and `F` of DESIGN.md, *Continuity, exactly*. */
export interface World {
  readonly contained: Contained;
  readonly failing: Failing;
}

/** A world with its times, in milliseconds of any one clock. Absent: now is 0, and everything that is down fell now. */
export interface WorldInTime extends World {
  readonly nowMs?: number;
  readonly clocks?: Clocks;
  /** Floors lowered for a time, by the same clock. */
  readonly waivers?: readonly Waiver[];
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

/** A limit that ran out: a mode's `for` at sites of one service, a need's `after`, or a waiver of a service. */
export interface Ended {
  readonly service?: string;
  readonly words: string;
}

/** An outlook before any probe is looked at: how systems fare in it is walked once. */
export interface Ahead {
  /** How every service stands from now to the end of the look-ahead, with what probes see. */
  readonly course: (failing: Failing) => readonly CourseMoment[];
  /** The same with more contained. */
  readonly adding: (more: Contained) => Ahead;
}

/** The continuity function of one slice, ready to be asked about many worlds. */
export interface Continuity {
  /** How every service of the slice stands now, in the slice's order. */
  readonly standings: (world: WorldInTime) => readonly Standing[];
  /** Names of the systems that are up now. */
  readonly systemsUp: (contained: Contained) => ReadonlySet<string>;
  /** Looks ahead at what systems do, to be asked about more than one round of probes. */
  readonly ahead: (outlook: Omit<Outlook, 'failing'>) => Ahead;
  /** How every service stands from now to the end of the look-ahead: a moment for each time at which something may change. */
  readonly course: (outlook: Outlook) => readonly CourseMoment[];
  /** What is to be remembered at `untilMs` of a world that has been as it is from its `nowMs` until then. */
  readonly remembered: (world: WorldInTime, untilMs: number) => Clocks;
  /** True where something in the slice changes by time alone. */
  readonly hasClocks: boolean;
}

/** Nothing remembered. */
export const noClocks: Clocks = { downSince: {}, lastBetter: {} };

function inTime(
  { contained, nowMs = 0, clocks = noClocks, waivers = [], ...outlook }: Omit<Outlook, 'failing'>,
  strikes: Strikes,
): ContainedInTime & Pick<ServiceWorld, 'waivers'> {
  return { ...outlook, tally: strikes.tally(contained), nowMs, clocks, waivers };
}

/** Services walked along systems. Gives the moments, and the walks as they are at the end. */
function walkServices(
  services: readonly ServiceGround[],
  systems: readonly SystemMoment[],
  { untilMs, ...world }: ServiceWorld & { readonly untilMs: number },
): { readonly moments: readonly CourseMoment[]; readonly walks: readonly ServiceWalk[] } {
  const now = systems[0] as SystemMoment;
  const walks = services.map((service) => new ServiceWalk(service, world, now.slack));
  const moments: CourseMoment[] = [];
  let ended: readonly Ended[] = [];
  for (let [atMs, reached] = [now.atMs, 0]; ;) {
    moments.push({ atMs, standings: walks.map(({ standing }) => standing), ended });
    const change = systems[reached + 1];
    const nextMs = walks.reduce((least, { limitMs }) => Math.min(least, limitMs), change?.atMs ?? Infinity);
    if (nextMs === Infinity || nextMs > untilMs) return { moments, walks };
    atMs = nextMs;
    if (change?.atMs === atMs) reached += 1;
    const { slack, gaveWay } = systems[reached] ?? now;
    ended = [
      ...walks.flatMap((walk) => walk.endingAt(atMs)),
      ...(change?.atMs === atMs ? gaveWay.map((words) => ({ words })) : []),
    ];
    for (const walk of walks) walk.step(atMs, slack);
  }
}

/** Clocks at the end of a walk; services whose modes have no limits need none. */
function clocksOf(slice: Slice, downSince: ReadonlyMap<number, number>, lastBetter: Clocks['lastBetter']): Clocks {
  const down = slice.systems.flatMap(({ name }, index) => {
    const since = downSince.get(index);
    return since === undefined ? [] : [[name, since] as const];
  });
  return { downSince: Object.fromEntries(down), lastBetter };
}

function hasLimits({ modes }: Slice['services'][number]): boolean {
  return modes.some(({ forMs }) => forMs !== undefined);
}

/** Prepares the continuity function of a slice (DESIGN.md, *Continuity, exactly*): linear in the slice, for each time looked at. */
export function continuityOf(slice: Slice): Continuity {
  const ground: SystemGround = { slice, graph: buildNeedGraph(slice), strikes: strikesOf(slice.systems) };
  const { graph, strikes } = ground;
  const services = slice.services.map((service, index) => serviceGround(service, graph.modeNodes[index] ?? []));
  const aheadIn = (world: ReturnType<typeof inTime>): Ahead => {
    let walked: readonly SystemMoment[] | undefined;
    return {
      course: (failing) => {
        walked ??= walkSystems(ground, world).moments;
        return walkServices(services, walked, { ...world, failing }).moments;
      },
      adding: (more) => aheadIn({ ...world, tally: world.tally.adding(more), less: walked?.[0] ?? world.less }),
    };
  };
  const ahead = (outlook: Omit<Outlook, 'failing'>): Ahead => aheadIn(inTime(outlook, strikes));
  const course = ({ failing, ...outlook }: Outlook): readonly CourseMoment[] => ahead(outlook).course(failing);
  return {
    hasClocks: graph.delayed.length > 0 || slice.services.some(hasLimits),
    standings: (world) => course({ ...world, dueMs: new Map(), untilMs: -Infinity })[0]?.standings ?? [],
    systemsUp: (contained) => {
      const slack = settle(graph, strikes.struckBy(contained), new Uint8Array(graph.delayed.length));
      return new Set(slice.systems.filter((_, index) => (slack[index] ?? 0) >= 0).map(({ name }) => name));
    },
    ahead,
    course,
    remembered: ({ failing, ...world }, untilMs) => {
      const within = inTime({ ...world, dueMs: new Map(), untilMs }, strikes);
      const { moments, downSince } = walkSystems(ground, within, slice.systems.keys());
      const { walks } = walkServices(services, moments, { ...within, failing });
      const limited = slice.services.flatMap((service, index) =>
        hasLimits(service) ? [[service.name, walks[index]?.rememberedAt(untilMs) ?? []] as const] : [],
      );
      return clocksOf(slice, downSince, Object.fromEntries(limited));
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
