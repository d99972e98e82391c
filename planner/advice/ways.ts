import type { AttackGraph } from './attack-graph.ts';
import type { Packed } from '../packed.ts';
import { entriesOf, packPairs } from '../packed.ts';

/**
 * The ways from where the attacker is to what must be kept safe, with only what could be cut on them: candidates by
 * number, in the order of their names. A cut is a set of candidates that leaves no way.
 */
export interface Ways {
  /** Things, by candidate. */
  readonly candidates: Int32Array;
  /** Candidates the attacker can enter at once. */
  readonly starts: Int32Array;
  /** Candidates that can be entered from a candidate, with nothing between them that could be cut. */
  readonly next: Packed;
  /** 1 for candidates from which the attacker is where he must not be, or that are themselves what must be kept safe. */
  readonly ends: Uint8Array;
  /** True where a way has nothing on it that could be cut. */
  readonly isOpen: boolean;
  /** Things to be kept safe that the attacker can get to as it is. */
  readonly goals: readonly number[];
}

/** Between whom ways are looked for, and whether goals may be cut themselves. */
export interface WaysQuestion {
  /** Systems in the attacker's hands. Their sessions and the principals they use are too. */
  readonly from: readonly number[];
  readonly goals: ReadonlySet<number>;
  readonly mayCutGoals: boolean;
}

/** Everything reached from some nodes, marked 1; a node that stops is reached and not left. */
function flood(from: Iterable<number>, edges: Packed, may: (node: number) => boolean): Uint8Array {
  const reached = new Uint8Array(edges.starts.length - 1);
  const queue: number[] = [];
  for (const node of from) {
    if (reached[node] === 1) continue;
    reached[node] = 1;
    queue.push(node);
  }
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    if (!may(node)) continue;
    for (const next of entriesOf(edges, node)) {
      if (reached[next] === 1) continue;
      reached[next] = 1;
      queue.push(next);
    }
  }
  return reached;
}

/** The systems in the attacker's hands, their sessions and the principals they use: what a host knows, its owner knows. */
export function heldAtFirst({ things, onward }: AttackGraph, from: readonly number[]): readonly number[] {
  const principals = from.flatMap((node) =>
    [...entriesOf(onward, node)].filter((next) => things[next]?.kind !== 'system'),
  );
  return [...new Set([...from, ...principals])].sort((one, other) => one - other);
}

/** What is entered next from a node: candidates, and whether a goal that can't be cut. */
interface Entered {
  readonly candidates: readonly number[];
  readonly isEnd: boolean;
}

interface Contraction {
  readonly graph: AttackGraph;
  readonly onWay: Uint8Array;
  /** Number of a candidate by node; -1 for all others. */
  readonly candidateAt: Int32Array;
  readonly goals: ReadonlySet<number>;
  /** The last walk that saw a node. */
  readonly seen: Int32Array;
  walk: number;
}

function enteredFrom(at: Contraction, nodes: Iterable<number>): Entered {
  const candidates: number[] = [];
  let isEnd = false;
  at.walk += 1;
  const queue: number[] = [];
  const enter = (node: number): void => {
    if (at.onWay[node] !== 1 || at.seen[node] === at.walk) return;
    at.seen[node] = at.walk;
    const candidate = at.candidateAt[node] ?? -1;
    if (candidate >= 0) candidates.push(candidate);
    else if (at.goals.has(node)) isEnd = true;
    else queue.push(node);
  };
  for (const node of nodes) enter(node);
  for (let node = queue.pop(); node !== undefined; node = queue.pop()) {
    for (const next of entriesOf(at.graph.onward, node)) enter(next);
  }
  return { candidates: candidates.sort((one, other) => one - other), isEnd };
}

/** Finds the ways, and boils them down to what could be cut. */
export function waysIn(graph: AttackGraph, { from, goals, mayCutGoals }: WaysQuestion): Ways {
  const held = heldAtFirst(graph, from);
  const reached = flood(held, graph.onward, (node) => !goals.has(node));
  const goalsReached = [...goals].filter((node) => reached[node] === 1).sort((one, other) => one - other);
  const leading = flood(goalsReached, graph.back, (node) => reached[node] === 1);
  const onWay = reached.map((mark, node) => mark & (leading[node] ?? 0));
  const isCandidate = (node: number): boolean =>
    onWay[node] === 1 && graph.containable[node] === 1 && (mayCutGoals || !goals.has(node));
  const candidates = Int32Array.from([...onWay.keys()].filter(isCandidate));
  const candidateAt = new Int32Array(onWay.length).fill(-1);
  for (const [index, node] of candidates.entries()) candidateAt[node] = index;
  const at: Contraction = { graph, onWay, candidateAt, goals, seen: new Int32Array(onWay.length), walk: 0 };
  const first = enteredFrom(at, held);
  const ends = new Uint8Array(candidates.length);
  const [out, into]: [number[], number[]] = [[], []];
  for (const [index, node] of candidates.entries()) {
    const entered: Entered = goals.has(node)
      ? { candidates: [], isEnd: true }
      : enteredFrom(at, entriesOf(graph.onward, node));
    ends[index] = Number(entered.isEnd);
    for (const next of entered.candidates) {
      out.push(index);
      into.push(next);
    }
  }
  return {
    candidates,
    starts: Int32Array.from(first.candidates),
    next: packPairs(candidates.length, out, into),
    ends,
    isOpen: first.isEnd,
    goals: goalsReached,
  };
}

/** Systems and principals the attacker still gets to while things are contained, by number. */
export function reachedPast(
  graph: AttackGraph,
  from: readonly number[],
  contained: ReadonlySet<number>,
): readonly number[] {
  const start = heldAtFirst(graph, from).filter((node) => !contained.has(node));
  const reached = flood(start, graph.onward, (node) => !contained.has(node));
  return [...reached.keys()].filter((node) => reached[node] === 1 && !contained.has(node));
}

/** A shortest way to a goal that has nothing on it that could be cut, by number, from start to goal. */
export function uncuttableWay(graph: AttackGraph, { from, goals }: WaysQuestion): readonly number[] {
  const queue = heldAtFirst(graph, from).filter((node) => graph.containable[node] === 0 || goals.has(node));
  const previous = new Map<number, number>(queue.map((node) => [node, -1]));
  for (const node of queue) {
    if (goals.has(node)) return backFrom(node, previous);
    for (const next of entriesOf(graph.onward, node)) {
      if (previous.has(next) || graph.containable[next] === 1) continue;
      previous.set(next, node);
      queue.push(next);
    }
  }
  return [];
}

function backFrom(end: number, previous: ReadonlyMap<number, number>): readonly number[] {
  const way: number[] = [];
  for (let node = end; node >= 0; node = previous.get(node) ?? -1) way.push(node);
  return way.reverse();
}
