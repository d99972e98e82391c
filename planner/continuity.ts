import type { Contained, Failing, Standing } from '../model/continuity.ts';
import type { Mode, Need, ServingMode } from '../model/modes.ts';
import { servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import { isStruck } from './struck.ts';

/** What is contained and what probes see failing: `C` and `F` of DESIGN.md, *Continuity, exactly*. */
export interface World {
  readonly contained: Contained;
  readonly failing: Failing;
}

/** The continuity function of one slice, ready to be asked about many worlds. */
export interface Continuity {
  /** How every service of the slice stands, in the slice's order. */
  readonly standings: (world: World) => readonly Standing[];
  /** Names of the systems that are up. */
  readonly systemsUp: (contained: Contained) => ReadonlySet<string>;
}

type SliceService = Slice['services'][number];
type Shares = Record<Mode, number>;

/**
 * Needs as one graph of thresholds. Every system and every `all` or `atLeast` is a node; a node falls when more of what
 * it needs has fallen than its slack allows, so each edge is walked once and cycles end in the largest solution.
 */
interface NeedGraph {
  readonly slack: Int32Array;
  /** Nodes that lean on a node, by node. */
  readonly leaners: readonly number[][];
  /** For each service, for each of its modes, the node the mode leans on. */
  readonly modeNodes: readonly (readonly (number | undefined)[])[];
}

/** The growing half of a {@link NeedGraph}. */
interface GraphDraft {
  readonly slack: number[];
  readonly leaners: number[][];
  readonly systems: ReadonlyMap<string, number>;
}

const shareDigits = 1e9;
const sumDigits = 1e8;

function rounded(share: number, digits: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * digits) / digits;
}

/** Shares are kept to nine digits: sums of weights in any order give the same number, and the same bytes. */
function shareOf(weight: number, total: number): number {
  return rounded(weight / total, shareDigits);
}

function addNode(draft: GraphDraft, slack: number): number {
  draft.leaners.push([]);
  return draft.slack.push(slack) - 1;
}

/** The node a need comes down to. A name the slice doesn't hold is down: the careful reading. */
function nodeOf(draft: GraphDraft, need: Need): number {
  if (typeof need === 'string') return draft.systems.get(need) ?? addNode(draft, -1);
  const parts = 'all' in need ? need.all : need.of;
  const node = addNode(draft, 'all' in need ? 0 : parts.length - need.atLeast);
  for (const part of parts) draft.leaners[nodeOf(draft, part)]?.push(node);
  return node;
}

function buildNeedGraph(slice: Slice): NeedGraph {
  const systems = new Map(slice.systems.map((system, index) => [system.name, index]));
  const draft: GraphDraft = { slack: slice.systems.map(() => 0), leaners: slice.systems.map(() => []), systems };
  for (const [index, system] of slice.systems.entries()) {
    if (system.needs !== undefined) draft.leaners[nodeOf(draft, system.needs)]?.push(index);
  }
  const modeNodes = slice.services.map((service) =>
    service.modes.map((mode) => (mode.needs === undefined ? undefined : nodeOf(draft, mode.needs))),
  );
  return { slack: Int32Array.from(draft.slack), leaners: draft.leaners, modeNodes };
}

/** Slack of every node once all that must fall has fallen; below zero is down. */
function settle(graph: NeedGraph, struck: readonly number[]): Int32Array {
  const slack = Int32Array.from(graph.slack);
  const fallen: number[] = [];
  for (const [node, left] of slack.entries()) if (left < 0) fallen.push(node);
  for (const node of struck) {
    const left = slack[node] ?? 0;
    slack[node] = left - 1;
    if (left === 0) fallen.push(node);
  }
  for (let node = fallen.pop(); node !== undefined; node = fallen.pop()) {
    for (const leaner of graph.leaners[node] ?? []) {
      const left = slack[leaner] ?? 0;
      slack[leaner] = left - 1;
      if (left === 0) fallen.push(leaner);
    }
  }
  return slack;
}

/** Systems that are down by themselves. */
function struckSystems(slice: Slice, contained: Contained): readonly number[] {
  const struck: number[] = [];
  for (const [index, system] of slice.systems.entries()) if (isStruck(system, contained)) struck.push(index);
  return struck;
}

/** For each site with a failing probe, the worst mode that fails: it and every better one are taken from the site. */
function takenModes(service: SliceService, failing: Failing): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  for (const entry of failing) {
    if (entry.service !== service.name) continue;
    const rank = servingModes.indexOf(entry.mode);
    for (const site of entry.sites) taken.set(site, Math.max(rank, taken.get(site) ?? -1));
  }
  return taken;
}

/** The best mode that holds and is worse than the mode of rank `taken`; `down` where none is. */
function bestMode(holding: readonly ServingMode[], taken: number): Mode {
  return holding.find((mode) => servingModes.indexOf(mode) > taken) ?? 'down';
}

function sharesOf(service: SliceService, holding: readonly ServingMode[], failing: Failing): Shares {
  const weights: Shares = { normal: 0, degraded: 0, manual: 0, down: 0 };
  const taken = takenModes(service, failing);
  const untouched = bestMode(holding, -1);
  let total = 0;
  for (const { weight, sites } of service.classes) {
    total += weight * sites.length;
    if (taken.size === 0) weights[untouched] += weight * sites.length;
    else for (const site of sites) weights[bestMode(holding, taken.get(site) ?? -1)] += weight;
  }
  if (total === 0) return { ...weights, [untouched]: 1 };
  return {
    normal: shareOf(weights.normal, total),
    degraded: shareOf(weights.degraded, total),
    manual: shareOf(weights.manual, total),
    down: shareOf(weights.down, total),
  };
}

/**
 * The share of sites in a mode or a better one.
 *
 * @param shares - shares by best mode, as in a {@link Standing}
 */
export function shareAtLeast(shares: Readonly<Shares>, least: ServingMode): number {
  let sum = 0;
  for (const mode of servingModes.slice(0, servingModes.indexOf(least) + 1)) sum += shares[mode];
  // One digit less than the parts, so that three thirds are one.
  return rounded(sum, sumDigits);
}

/** The floor with the least left above it. */
function worstFloor(service: SliceService, shares: Shares): Standing['floor'] {
  let worst: Standing['floor'];
  for (const { mode, share } of service.floor) {
    const actual = shareAtLeast(shares, mode);
    if (worst !== undefined && worst.actual - worst.share <= actual - share) continue;
    worst = { mode, share, actual, holds: actual + 1 / sumDigits >= share };
  }
  return worst;
}

function standingOf(service: SliceService, holding: readonly ServingMode[], failing: Failing): Standing {
  const shares = sharesOf(service, holding, failing);
  const floor = worstFloor(service, shares);
  return { service: service.name, protected: service.protected, shares, ...(floor && { floor }) };
}

/** Prepares the continuity function of a slice (DESIGN.md, *Continuity, exactly*): linear in the slice, for each world. */
export function continuityOf(slice: Slice): Continuity {
  const graph = buildNeedGraph(slice);
  const settled = (contained: Contained): Int32Array => settle(graph, struckSystems(slice, contained));
  return {
    standings: ({ contained, failing }) => {
      const slack = settled(contained);
      return slice.services.map((service, index) => {
        const nodes = graph.modeNodes[index] ?? [];
        const isUp = (_: unknown, mode: number): boolean => (slack[nodes[mode] ?? -1] ?? 0) >= 0;
        return standingOf(
          service,
          service.modes.filter(isUp).map(({ mode }) => mode),
          failing,
        );
      });
    },
    systemsUp: (contained) => {
      const slack = settled(contained);
      return new Set(slice.systems.filter((_, index) => (slack[index] ?? 0) >= 0).map(({ name }) => name));
    },
  };
}

/**
 * How every service stands in one world: the weight of its sites by best mode, and its floor with the least margin.
 * Monotone: more contained or failing never makes a service better.
 */
export function assess(slice: Slice, world: World): readonly Standing[] {
  return continuityOf(slice).standings(world);
}

/** True where two standings are the same, whatever their floors. */
export function isSameStanding(one: Pick<Standing, 'shares'>, other: Pick<Standing, 'shares'>): boolean {
  return servingModes.every((mode) => one.shares[mode] === other.shares[mode]);
}

/** A standing in one mode and one number, as tables show it. */
export interface Forecast {
  readonly mode: Mode;
  readonly share: number;
}

/**
 * Sums a standing up: the worst mode in which sites still serve, and the share of sites in it or better; `down` and 0
 * where no site serves.
 */
export function forecastOf({ shares }: Pick<Standing, 'shares'>): Forecast {
  const mode = servingModes.findLast((candidate) => shares[candidate] > 0);
  return mode === undefined ? { mode: 'down', share: 0 } : { mode, share: shareAtLeast(shares, mode) };
}
