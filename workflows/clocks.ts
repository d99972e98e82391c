import type { Clocks, Failing, Standing } from '../model/continuity.ts';
import type { Extension } from '../model/extension.ts';
import type { Plan } from '../model/plan.ts';
import type { Waiver } from '../model/waiver.ts';
import { waiversFrom } from '../model/waiver.ts';
import type { Continuity, World } from '../planner/continuity.ts';
import { continuityOf, noClocks } from '../planner/continuity.ts';
import type { GuardTimes } from '../planner/guard.ts';
import { endedWords, lookAheadMs } from '../planner/guard.ts';
import type { Touched } from './context.ts';

/** The world as the incident last saw it; plain data, since it travels over continue-as-new. */
export interface Seen {
  readonly atMs: number;
  /** Contained or in flight. */
  readonly hosts: readonly string[];
  readonly principals: readonly string[];
  /** Hosts that reads show as not running. */
  readonly down: readonly string[];
  readonly failing: Failing;
}

/** What is new about the world; what is not given stays as it was. */
export interface Sight {
  readonly contained?: Touched;
  readonly down?: ReadonlySet<string>;
  readonly failing?: Failing;
}

/** Form of {@link IncidentClocks} in what is carried. */
export interface ClocksState {
  readonly seen: Seen;
  readonly memory: Clocks;
  /** By tier: when it is due back, counted from the accepted start; what `extend` changed. */
  readonly dueMs: Readonly<Record<string, number>>;
}

/** A service that gets worse by time alone, if nothing is given back. */
export interface Ending {
  readonly service: string;
  readonly endsMs: number;
  readonly because: string;
  readonly breaks: boolean;
}

/** Hosts that did not run when they were planned: giving them back leaves them so, and they are never due. */
function idleTargets({ chunks }: Plan): ReadonlySet<string> {
  const targets = Object.values(chunks).flatMap((chunk) => (chunk.kind === 'contain' ? chunk.targets : []));
  const idle = targets.filter((target) => target.kind === 'instance' && target.before.state !== 'running');
  return new Set(idle.map(({ id }) => id));
}

type Key = `${string} ${string}`;

function key(service: string, mode: string): Key {
  return `${service} ${mode}`;
}

/** Failing sites with since when each fails: as they were seen before, else from now. */
function withSince(now: Failing, before: Failing, nowMs: number): Failing {
  const known = new Map<Key, Map<string, number>>();
  for (const { service, mode, sites, since = nowMs } of before) {
    const times = known.get(key(service, mode)) ?? new Map<string, number>();
    for (const site of sites) times.set(site, since);
    known.set(key(service, mode), times);
  }
  return now.flatMap(({ service, mode, sites }) => {
    const times = known.get(key(service, mode));
    const bySince = new Map<number, string[]>();
    for (const site of sites) {
      const since = times?.get(site) ?? nowMs;
      bySince.set(since, [...(bySince.get(since) ?? []), site]);
    }
    return [...bySince].map(([since, own]) => ({ service, mode, since, sites: own }));
  });
}

/**
 * The clocks of one incident: since when systems are down and sites out of their better modes, and when what is contained
 * is due back. Fed with each world the incident sees; between two, the world is taken to have stayed as it was.
 */
export class IncidentClocks {
  readonly continuity: Continuity;
  /** Floors lowered for a time, by workflow time: for everything that asks which floor is in force. */
  readonly waivers: readonly Waiver[];
  /** Counts what is seen and said, so that who waits on clocks knows to look again. */
  version = 0;
  readonly #plan: Plan;
  readonly #startMs: number;
  readonly #dueMs: Map<string, number>;
  readonly #tierOf: ReadonlyMap<string, string>;
  #seen: Seen;
  #memory: Clocks = noClocks;

  constructor(plan: Plan, startMs: number) {
    this.continuity = continuityOf(plan.slice);
    this.#plan = plan;
    this.#startMs = startMs;
    this.waivers = waiversFrom(plan.header.waivers ?? [], startMs);
    const { tiers } = plan.header;
    this.#dueMs = new Map(tiers.map(({ name, releaseByMs }) => [name, releaseByMs]));
    const idle = idleTargets(plan);
    this.#tierOf = new Map(
      tiers.flatMap(({ name, waves }) =>
        waves.flatMap(({ chunk }) => {
          const content = plan.chunks[chunk];
          if (content?.kind !== 'release') return [];
          return content.targets.filter((id) => !idle.has(id)).map((id) => [id, name] as const);
        }),
      ),
    );
    this.#seen = { atMs: startMs, hosts: [], principals: [], down: [], failing: [] };
  }

  /** Takes in the world as it is from now on. Gives what fails, and since when. */
  see(nowMs: number, { contained, down, failing }: Sight): Failing {
    this.#memory = this.#memoryAt(nowMs);
    this.#seen = {
      atMs: nowMs,
      hosts: contained ? [...contained.hosts] : this.#seen.hosts,
      principals: contained ? [...contained.principals] : this.#seen.principals,
      down: down ? [...down] : this.#seen.down,
      failing: failing ? withSince(failing, this.#seen.failing, nowMs) : this.#seen.failing,
    };
    this.version += 1;
    return this.#seen.failing;
  }

  /** How services stand at a time by what was seen last, against the floors in force then. */
  standings(nowMs: number): readonly Standing[] {
    return this.continuity.standings({ ...this.#world(), ...this.times(nowMs) });
  }

  /** What the guard is told of time. `extended` says how it would be with some tiers due at other times. */
  times(nowMs: number, extended: ReadonlyMap<string, number> = new Map()): GuardTimes {
    const due = [...this.#tierOf].map(
      ([id, tier]) => [id, this.#startMs + (extended.get(tier) ?? this.#dueMs.get(tier) ?? 0)] as const,
    );
    return { nowMs, clocks: this.#memoryAt(nowMs), dueMs: new Map(due), waivers: this.waivers };
  }

  /** When a tier is due back, in milliseconds of workflow time; undefined for one the plan doesn't have. */
  tierDueMs(tier: string): number | undefined {
    const due = this.#dueMs.get(tier);
    return due === undefined ? undefined : this.#startMs + due;
  }

  /** True where the plan has the tier, and it would be due later than it is. */
  isLater({ tier, releaseByMs }: Extension): boolean {
    const due = this.#dueMs.get(tier);
    return due !== undefined && releaseByMs > due;
  }

  /** Moves when a tier is due back. Tiers that follow are due no sooner. */
  extend(asked: Extension): void {
    for (const [name, due] of this.#extended(asked)) this.#dueMs.set(name, due);
    this.version += 1;
  }

  /** True where a protected service whose floor holds now would fall below it before everything is back. */
  breaksWith(asked: Extension, nowMs: number): boolean {
    const times = this.times(nowMs, this.#extended(asked));
    const world = this.#world();
    const course = this.continuity.course({ ...world, ...times, untilMs: lookAheadMs(world.contained, times) });
    const now = course[0]?.standings ?? [];
    return course.some(({ standings }) =>
      standings.some(
        (each, index) => each.protected && each.floor?.holds === false && now[index]?.floor?.holds === true,
      ),
    );
  }

  /** By tier, counted from the start: when each would be due back, were one extended. */
  #extended({ tier, releaseByMs }: Extension): ReadonlyMap<string, number> {
    const names = this.#plan.header.tiers.map(({ name }) => name);
    const from = names.indexOf(tier);
    const dueOf = (name: string): number => this.#dueMs.get(name) ?? 0;
    return new Map(
      names.map((name, index) => [name, index < from ? dueOf(name) : Math.max(dueOf(name), releaseByMs)] as const),
    );
  }

  /** The next time each protected service gets worse if nothing changes. */
  endings(nowMs: number): readonly Ending[] {
    if (!this.continuity.hasClocks) return [];
    const { atMs } = this.#seen;
    const forGood = { dueMs: new Map<string, number>(), untilMs: Infinity };
    const course = this.continuity.course({ ...this.#world(), ...forGood, nowMs: atMs, clocks: this.#memory });
    const current = course.findLast((moment) => moment.atMs <= nowMs);
    return (current?.standings ?? []).flatMap((standing, index) => {
      if (!standing.protected) return [];
      const end = course.find((moment) => moment.atMs > nowMs && isOther(standing, moment.standings[index]));
      const then = end?.standings[index];
      if (!end || !then) return [];
      const breaks = standing.floor?.holds === true && then.floor?.holds === false;
      return [{ service: standing.service, endsMs: end.atMs, because: endedWords(standing.service, end), breaks }];
    });
  }

  /** What is remembered, brought to a time: the world has stayed as it was seen last. */
  #memoryAt(nowMs: number): Clocks {
    return this.continuity.remembered({ ...this.#world(), nowMs: this.#seen.atMs, clocks: this.#memory }, nowMs);
  }

  #world(): World {
    const { hosts, principals, down, failing } = this.#seen;
    return { contained: { hosts: new Set([...hosts, ...down]), principals: new Set(principals) }, failing };
  }

  snapshot(): ClocksState {
    return { seen: this.#seen, memory: this.#memory, dueMs: Object.fromEntries(this.#dueMs) };
  }

  restore({ seen, memory, dueMs }: ClocksState): void {
    this.#seen = seen;
    this.#memory = memory;
    for (const [tier, due] of Object.entries(dueMs)) this.#dueMs.set(tier, due);
  }
}

function isOther(one: Standing, other: Standing | undefined): boolean {
  return other !== undefined && JSON.stringify(one.shares) !== JSON.stringify(other.shares);
}
