import { durationMs } from '../model/duration.ts';
import type { DelayedNeed, Need } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import { packPairs } from './packed.ts';

/** A need that holds for a time after what it is for went down, as a node of the graph. */
export interface DelayedNode {
  readonly node: number;
  readonly on: number;
  readonly afterMs: number;
  readonly need: DelayedNeed;
}

/**
 * Needs as one graph of thresholds. Systems are nodes, and so is each `atLeast`, each delayed need and each `all` that does
 * not stand for a system as a whole; a node falls when
 * more of what it needs has fallen than its slack allows, so each edge is walked once and cycles end in the largest
 * solution. Systems are the first nodes, in the slice's order.
 */
export interface NeedGraph {
  readonly slack: Int32Array;
  /** `leaners[leanersFrom[node]]` up to `leanersFrom[node + 1]` lean on a node. */
  readonly leanersFrom: Int32Array;
  readonly leaners: Int32Array;
  readonly delayed: readonly DelayedNode[];
  /** Positions in `delayed`, by the node they are for. */
  readonly delayedOn: ReadonlyMap<number, readonly number[]>;
  /** For each service, class of sites and mode, the node it leans on. */
  readonly modeNodes: readonly (readonly (readonly (number | undefined)[])[])[];
}

/** The growing half of a {@link NeedGraph}: edges as pairs. */
interface GraphDraft {
  readonly slack: number[];
  readonly from: number[];
  readonly to: number[];
  readonly delayed: DelayedNode[];
  readonly systems: ReadonlyMap<string, number>;
}

function addNode(draft: GraphDraft, slack: number): number {
  return draft.slack.push(slack) - 1;
}

function lean(draft: GraphDraft, on: number, leaner: number): void {
  draft.from.push(on);
  draft.to.push(leaner);
}

/** Makes a node lean on a need: on each part of it where it needs all of them. */
function leanOn(draft: GraphDraft, need: Need, leaner: number): void {
  if (typeof need === 'object' && 'all' in need) for (const part of need.all) leanOn(draft, part, leaner);
  else lean(draft, nodeOf(draft, need), leaner);
}

/** The node a need comes down to. A name the slice doesn't hold is down: the careful reading. */
function nodeOf(draft: GraphDraft, need: Need): number {
  if (typeof need === 'string') return draft.systems.get(need) ?? addNode(draft, -1);
  if ('on' in need) return delayedNodeOf(draft, need);
  if ('all' in need) {
    const node = addNode(draft, 0);
    leanOn(draft, need, node);
    return node;
  }
  const node = addNode(draft, need.of.length - need.atLeast);
  for (const part of need.of) lean(draft, nodeOf(draft, part), node);
  return node;
}

function delayedNodeOf(draft: GraphDraft, need: DelayedNeed): number {
  const on = draft.systems.get(need.on);
  if (on === undefined) return addNode(draft, -1);
  const node = addNode(draft, 0);
  draft.delayed.push({ node, on, afterMs: durationMs(need.after), need });
  return node;
}

/** Nodes of a service's modes; sites that add the same systems of their own to a mode share one. */
function modeNodesOf(draft: GraphDraft, { modes, classes }: Slice['services'][number]): (number | undefined)[][] {
  const shared = modes.map((mode) => (mode.needs === undefined ? undefined : nodeOf(draft, mode.needs)));
  const added = new Map<string, number>();
  return classes.map(({ needs }) =>
    modes.map(({ mode }, position) => {
      const own = needs?.[mode];
      const common = shared[position];
      if (own === undefined || own.length === 0) return common;
      const key = JSON.stringify([position, own]);
      const known = added.get(key);
      if (known !== undefined) return known;
      const node = nodeOf(draft, { all: own });
      if (common !== undefined) lean(draft, common, node);
      added.set(key, node);
      return node;
    }),
  );
}

/** Builds the graph of a slice. Linear in systems and needs. */
export function buildNeedGraph(slice: Slice): NeedGraph {
  const systems = new Map(slice.systems.map((system, index) => [system.name, index]));
  const draft: GraphDraft = { slack: slice.systems.map(() => 0), from: [], to: [], delayed: [], systems };
  for (const [index, system] of slice.systems.entries()) {
    if (system.needs !== undefined) leanOn(draft, system.needs, index);
  }
  const modeNodes = slice.services.map((service) => modeNodesOf(draft, service));
  const { starts, entries } = packPairs(draft.slack.length, draft.from, draft.to);
  const delayedOn = new Map<number, number[]>();
  for (const [position, { on }] of draft.delayed.entries()) {
    const known = delayedOn.get(on);
    if (known) known.push(position);
    else delayedOn.set(on, [position]);
  }
  const slack = new Int32Array(draft.slack);
  return { slack, leanersFrom: starts, leaners: entries, delayed: draft.delayed, delayedOn, modeNodes };
}

/**
 * Slack of every node once all that must fall has fallen; below zero is down.
 *
 * @param struck - systems that are down by themselves
 * @param expired - by position in `graph.delayed`, whether its time has run out; it then falls with what it is for
 */
export function settle(graph: NeedGraph, struck: readonly number[], expired: Uint8Array): Int32Array {
  const slack = graph.slack.slice();
  const down: number[] = [];
  for (let node = 0; node < slack.length; node += 1) if ((slack[node] ?? 0) < 0) down.push(node);
  return fall(graph, { slack, down, struck, expired });
}

/** As {@link settle}, from where fewer had been struck and all else was the same. */
export function settleMore(
  graph: NeedGraph,
  settled: Int32Array,
  { struck, expired }: Omit<Falling, 'slack' | 'down'>,
): Int32Array {
  return fall(graph, { slack: settled.slice(), down: [], struck, expired });
}

interface Falling {
  readonly slack: Int32Array;
  /** Nodes that are down and have taken nothing with them yet. */
  readonly down: readonly number[];
  readonly struck: readonly number[];
  readonly expired: Uint8Array;
}

function fall(graph: NeedGraph, { slack, down, struck, expired }: Falling): Int32Array {
  const { leanersFrom, leaners, delayed, delayedOn } = graph;
  // Every node falls once at most.
  const fallen = new Int32Array(slack.length);
  let count = 0;
  const loosen = (node: number): void => {
    const left = slack[node] ?? 0;
    slack[node] = left - 1;
    if (left === 0) fallen[count++] = node;
  };
  for (const node of down) fallen[count++] = node;
  for (const node of struck) loosen(node);
  while (count > 0) {
    const node = fallen[--count] ?? 0;
    const end = leanersFrom[node + 1] ?? 0;
    for (let edge = leanersFrom[node] ?? 0; edge < end; edge += 1) loosen(leaners[edge] ?? 0);
    if (delayed.length === 0) continue;
    for (const position of delayedOn.get(node) ?? []) {
      if (expired[position] === 1) loosen(delayed[position]?.node ?? 0);
    }
  }
  return slack;
}
