import type { NeedGraph } from '../need-graph.ts';
import type { Packed } from '../packed.ts';
import { entriesOf, packPairs } from '../packed.ts';

/** When nodes of a need graph fall, counted from when all of `C` went down, step by step and back again. */
export interface Falls {
  /** Infinity for a node that still stands at the horizon. */
  readonly fallMs: (node: number) => number;
  /** Strikes systems down at once, and in time all that leans on them. Gives the nodes that fall earlier than before. */
  readonly strike: (systems: readonly number[]) => readonly number[];
  /** Takes the last strike back. */
  readonly undo: () => void;
}

/** What a node leans on: only of those that stand while some of it has fallen. */
function partsOf({ slack, leanersFrom, leaners }: NeedGraph): Packed {
  const [from, to]: [number[], number[]] = [[], []];
  for (let node = 0; node < slack.length; node += 1) {
    for (let edge = leanersFrom[node] ?? 0; edge < (leanersFrom[node + 1] ?? 0); edge += 1) {
      const leaner = leaners[edge] ?? 0;
      if ((slack[leaner] ?? 0) === 0) continue;
      from.push(leaner);
      to.push(node);
    }
  }
  return packPairs(slack.length, from, to);
}

/**
 * Prepares the falls of a graph. What falls at the horizon or later is taken to stand: at the horizon all is given back.
 * A node falls when one more of its parts has fallen than its slack allows; times only ever get earlier, so cycles end in
 * the largest solution.
 */
export function fallsIn(graph: NeedGraph, horizonMs: number): Falls {
  const { slack, delayed, delayedOn } = graph;
  const leaners: Packed = { starts: graph.leanersFrom, entries: graph.leaners };
  const parts = partsOf(graph);
  const fallMs = new Float64Array(slack.length).fill(Infinity);
  const trail: (readonly [node: number, beforeMs: number])[][] = [];
  /** When the part falls with which a node falls. */
  const timeOf = (node: number): number => {
    const times = [...entriesOf(parts, node)].map((part) => fallMs[part] ?? Infinity).sort((one, other) => one - other);
    return times[slack[node] ?? 0] ?? Infinity;
  };
  const settle = (struck: readonly number[]): readonly number[] => {
    const changed: (readonly [number, number])[] = [];
    const queue: number[] = [];
    const lower = (node: number, atMs: number): void => {
      const beforeMs = fallMs[node] ?? Infinity;
      if (atMs >= beforeMs || atMs >= horizonMs) return;
      changed.push([node, beforeMs]);
      fallMs[node] = atMs;
      queue.push(node);
    };
    for (const system of struck) lower(system, 0);
    for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
      const atMs = fallMs[node] ?? 0;
      for (const leaner of entriesOf(leaners, node)) lower(leaner, slack[leaner] === 0 ? atMs : timeOf(leaner));
      for (const position of delayedOn.get(node) ?? []) {
        const need = delayed[position];
        if (need) lower(need.node, atMs + need.afterMs);
      }
    }
    trail.push(changed);
    return changed.map(([node]) => node);
  };
  settle([...slack.keys()].filter((node) => (slack[node] ?? 0) < 0));
  return {
    fallMs: (node) => fallMs[node] ?? Infinity,
    strike: settle,
    undo: () => {
      for (const [node, beforeMs] of (trail.pop() ?? []).toReversed()) fallMs[node] = beforeMs;
    },
  };
}
