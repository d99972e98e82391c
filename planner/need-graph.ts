import { durationMs } from '../model/duration.ts';
import type { DelayedNeed, Need } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';

/** A need that holds for a time after what it is for went down, as a node of the graph. */
export interface DelayedNode {
  readonly node: number;
  readonly on: number;
  readonly afterMs: number;
  readonly need: DelayedNeed;
}

/**
 * Needs as one graph of thresholds. Every system and every `all`, `atLeast` and delayed need is a node; a node falls when
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

/** The node a need comes down to. A name the slice doesn't hold is down: the careful reading. */
function nodeOf(draft: GraphDraft, need: Need): number {
  if (typeof need === 'string') return draft.systems.get(need) ?? addNode(draft, -1);
  if ('on' in need) return delayedNodeOf(draft, need);
  const parts = 'all' in need ? need.all : need.of;
  const node = addNode(draft, 'all' in need ? 0 : parts.length - need.atLeast);
  for (const part of parts) lean(draft, nodeOf(draft, part), node);
  return node;
}

function delayedNodeOf(draft: GraphDraft, need: DelayedNeed): number {
  const on = draft.systems.get(need.on);
  if (on === undefined) return addNode(draft, -1);
  const node = addNode(draft, 0);
  draft.delayed.push({ node, on, afterMs: durationMs(need.after), need });
  return node;
}

function modeNodesOf(draft: GraphDraft, { modes, classes }: Slice['services'][number]): (number | undefined)[][] {
  const shared = modes.map((mode) => (mode.needs === undefined ? undefined : nodeOf(draft, mode.needs)));
  return classes.map(({ needs }) =>
    modes.map(({ mode }, position) => {
      const own = needs?.[mode];
      if (own === undefined || own.length === 0) return shared[position];
      const node = nodeOf(draft, { all: own });
      const common = shared[position];
      if (common !== undefined) lean(draft, common, node);
      return node;
    }),
  );
}

/** Counting sort of the edges by what they lean on. */
function compress({ slack, from, to }: GraphDraft): Pick<NeedGraph, 'leanersFrom' | 'leaners'> {
  const leanersFrom = new Int32Array(slack.length + 1);
  for (const node of from) leanersFrom[node + 1] = (leanersFrom[node + 1] ?? 0) + 1;
  for (let node = 0; node < slack.length; node += 1)
    leanersFrom[node + 1] = (leanersFrom[node + 1] ?? 0) + (leanersFrom[node] ?? 0);
  const next = leanersFrom.slice();
  const leaners = new Int32Array(from.length);
  for (let edge = 0; edge < from.length; edge += 1) {
    const node = from[edge] ?? 0;
    leaners[next[node] ?? 0] = to[edge] ?? 0;
    next[node] = (next[node] ?? 0) + 1;
  }
  return { leanersFrom, leaners };
}

/** Builds the graph of a slice. Linear in systems and needs. */
export function buildNeedGraph(slice: Slice): NeedGraph {
  const systems = new Map(slice.systems.map((system, index) => [system.name, index]));
  const draft: GraphDraft = { slack: slice.systems.map(() => 0), from: [], to: [], delayed: [], systems };
  for (const [index, system] of slice.systems.entries()) {
    if (system.needs !== undefined) lean(draft, nodeOf(draft, system.needs), index);
  }
  const modeNodes = slice.services.map((service) => modeNodesOf(draft, service));
  const { delayed } = draft;
  const delayedOn = new Map<number, number[]>();
  for (const [position, { on }] of delayed.entries()) {
    const known = delayedOn.get(on);
    if (known) known.push(position);
    else delayedOn.set(on, [position]);
  }
  return { slack: Int32Array.from(draft.slack), ...compress(draft), delayed, delayedOn, modeNodes };
}

/**
 * Slack of every node once all that must fall has fallen; below zero is down.
 *
 * @param struck - systems that are down by themselves
 * @param expired - by position in `graph.delayed`, whether its time has run out; it then falls with what it is for
 */
export function settle(graph: NeedGraph, struck: readonly number[], expired: Uint8Array): Int32Array {
  const { leanersFrom, leaners, delayed, delayedOn } = graph;
  const slack = Int32Array.from(graph.slack);
  const fallen: number[] = [];
  const loosen = (node: number): void => {
    const left = slack[node] ?? 0;
    slack[node] = left - 1;
    if (left === 0) fallen.push(node);
  };
  for (let node = 0; node < slack.length; node += 1) if ((slack[node] ?? 0) < 0) fallen.push(node);
  for (const node of struck) loosen(node);
  for (let node = fallen.pop(); node !== undefined; node = fallen.pop()) {
    for (let edge = leanersFrom[node] ?? 0; edge < (leanersFrom[node + 1] ?? 0); edge += 1) loosen(leaners[edge] ?? 0);
    if (delayed.length === 0) continue;
    for (const position of delayedOn.get(node) ?? []) {
      if (expired[position] === 1) loosen(delayed[position]?.node ?? 0);
    }
  }
  return slack;
}
