import type { ClassMemory, Clocks, Failing, Standing } from '../model/continuity.ts';
import { servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import type { Waiver } from '../model/waiver.ts';
import { floorsAt } from '../model/waiver.ts';
import type { NeedGraph } from './need-graph.ts';
import { standingOf } from './shares.ts';
import type { SiteGroup } from './site-groups.ts';
import { enterBestMode, groupsOf, rememberedOf, remember } from './site-groups.ts';

type SliceService = Slice['services'][number];

/** A service, ready to be asked about many worlds. */
export interface ServiceGround {
  readonly service: SliceService;
  /** For each class of sites and mode, the node it leans on. */
  readonly modeNodes: NeedGraph['modeNodes'][number];
  /** The same nodes, once each: while they stand as they do, so does the service, until a time limit. */
  readonly nodes: readonly number[];
  /** How it stands when nothing fails and nothing is remembered, by the nodes that have fallen. */
  readonly atFirst: Map<string, Entered>;
}

/** How a service stands, and the earliest time limit that any of its sites is then under. */
interface Entered {
  readonly standing: Standing;
  readonly limitMs: number;
}

/** What a service is walked through time with. */
export interface ServiceWorld {
  readonly failing: Failing;
  readonly clocks: Clocks;
  readonly nowMs: number;
  /** Floors lowered for a time. */
  readonly waivers: readonly Waiver[];
}

/** Prepares a service for its walks. */
export function serviceGround(service: SliceService, modeNodes: ServiceGround['modeNodes']): ServiceGround {
  const nodes = new Set(modeNodes.flat().filter((node) => node !== undefined));
  return { service, modeNodes, nodes: [...nodes], atFirst: new Map() };
}

function isDown(slack: Int32Array, node: number | undefined): boolean {
  return node !== undefined && (slack[node] ?? 0) < 0;
}

/** One service on its way through time. */
export class ServiceWalk {
  readonly #ground: ServiceGround;
  readonly #world: ServiceWorld;
  /** Its sites; made when they are first told apart by more than what they need. */
  #groups: readonly SiteGroup[] | undefined;
  #slack: Int32Array;
  #entered: Entered;

  /** Begins a walk now. */
  constructor(ground: ServiceGround, world: ServiceWorld, slack: Int32Array) {
    this.#ground = ground;
    this.#world = world;
    this.#slack = slack;
    this.#entered = this.#isPlain() ? this.#enterPlain() : this.#enter(world.nowMs, this.#groupsNow());
  }

  get standing(): Standing {
    return this.#entered.standing;
  }

  get limitMs(): number {
    return this.#entered.limitMs;
  }

  /** Its waiver, and modes, whose time runs out at a time, in words. */
  endingAt(atMs: number): readonly { readonly service: string; readonly words: string }[] {
    if (this.limitMs !== atMs) return [];
    const groups = this.#groupsNow();
    const { name, modes } = this.#ground.service;
    const waived = this.#waiverEndMs(-Infinity) === atMs ? [{ service: name, words: 'its waiver ends' }] : [];
    const ended = modes.flatMap(({ mode, forMs = Infinity, then }) => {
      const rank = servingModes.indexOf(mode);
      const ends = (group: SiteGroup): boolean =>
        group.mode === mode && (group.lastBetterMs[rank] ?? 0) + forMs === atMs;
      return groups.some(ends) ? [{ service: name, words: then ?? `${mode} has run its time` }] : [];
    });
    return [...waived, ...ended];
  }

  /** Brings its sites to a time, from which on systems stand as given. */
  step(atMs: number, slack: Int32Array): void {
    const isSame =
      slack === this.#slack || this.#ground.nodes.every((node) => isDown(slack, node) === isDown(this.#slack, node));
    if (isSame && atMs < this.limitMs) return;
    const groups = this.#groupsNow();
    for (const group of groups) remember(group, atMs);
    this.#slack = slack;
    this.#entered = this.#enter(atMs, groups);
  }

  /** What is to be remembered at a time: one memory a class. */
  rememberedAt(atMs: number): readonly ClassMemory[] {
    const groups = this.#groupsNow();
    for (const group of groups) remember(group, atMs);
    const of = (position: number): readonly SiteGroup[] => groups.filter((group) => group.position === position);
    return this.#ground.service.classes.map((_, position) => rememberedOf(of(position)));
  }

  /** When its waiver ends, if that is after a time. */
  #waiverEndMs(atMs: number): number {
    const waiver = this.#world.waivers.find(({ service }) => service === this.#ground.service.name);
    return waiver && waiver.untilMs > atMs ? waiver.untilMs : Infinity;
  }

  /** True where sites are told apart by nothing but what they need, and floors are its own. */
  #isPlain(): boolean {
    const { name } = this.#ground.service;
    const { failing, clocks, waivers } = this.#world;
    const isOther = [...failing, ...waivers].some(({ service }) => service === name);
    return clocks.lastBetter[name] === undefined && !isOther;
  }

  #enterPlain(): Entered {
    const { nodes, atFirst } = this.#ground;
    const key = nodes.filter((node) => isDown(this.#slack, node)).join(' ');
    const { nowMs } = this.#world;
    let known = atFirst.get(key);
    if (!known) {
      const { standing, limitMs } = this.#enter(nowMs, this.#groupsNow());
      known = { standing, limitMs: limitMs - nowMs };
      atFirst.set(key, known);
    }
    return { standing: known.standing, limitMs: nowMs + known.limitMs };
  }

  #groupsNow(): readonly SiteGroup[] {
    if (!this.#groups) {
      this.#groups = groupsOf(this.#ground.service, this.#world);
      // As they have been since the walk began: whoever asks may be about to change that.
      this.#enter(this.#world.nowMs, this.#groups);
    }
    return this.#groups;
  }

  #enter(atMs: number, groups: readonly SiteGroup[]): Entered {
    const { service, modeNodes } = this.#ground;
    let limitMs = this.#waiverEndMs(atMs);
    for (const group of groups) {
      const nodes = modeNodes[group.position];
      const holds = (mode: number): boolean => !isDown(this.#slack, nodes?.[mode]);
      limitMs = Math.min(limitMs, enterBestMode(group, service, { atMs, holds }));
    }
    const empty = service.modes.find((_, mode) => !isDown(this.#slack, modeNodes[0]?.[mode]))?.mode ?? 'down';
    const floor = [...floorsAt(service, this.#world.waivers, atMs)];
    return { standing: standingOf({ ...service, floor }, groups, empty), limitMs };
  }
}
