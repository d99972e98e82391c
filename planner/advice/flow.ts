import { entriesOf } from '../packed.ts';
import type { Ways } from './ways.ts';

/** A weight that no cut takes. */
export const uncuttable = 2 ** 50;

/** A network of arcs with what is left of their capacity; the reverse of arc `a` is `a ^ 1`. */
interface Network {
  readonly first: Int32Array;
  readonly after: number[];
  readonly to: number[];
  readonly left: number[];
}

const source = 0;
const sink = 1;

function addArc(
  { first, after, to, left }: Network,
  ends: readonly [from: number, to: number],
  capacity: number,
): void {
  const arcs = [
    [ends[0], ends[1], capacity],
    [ends[1], ends[0], 0],
  ] as const;
  for (const [from, into, room] of arcs) {
    after.push(first[from] ?? -1);
    first[from] = to.push(into) - 1;
    left.push(room);
  }
}

/** Every candidate is two nodes with its weight between them: cutting the arc is cutting the candidate. */
function networkOf({ candidates, starts, next, ends }: Ways, weights: readonly number[]): Network {
  const network: Network = { first: new Int32Array(2 + 2 * candidates.length).fill(-1), after: [], to: [], left: [] };
  const [into, out] = [(candidate: number) => 2 + 2 * candidate, (candidate: number) => 3 + 2 * candidate];
  for (const start of starts) addArc(network, [source, into(start)], uncuttable);
  for (const [candidate, weight] of weights.entries()) {
    addArc(network, [into(candidate), out(candidate)], weight);
    if (ends[candidate] === 1) addArc(network, [out(candidate), sink], uncuttable);
    for (const onward of entriesOf(next, candidate)) addArc(network, [out(candidate), into(onward)], uncuttable);
  }
  return network;
}

/** Steps from the source, along arcs with room; -1 where there is no way. */
function levelsIn({ first, after, to, left }: Network): Int32Array {
  const level = new Int32Array(first.length).fill(-1);
  level[source] = 0;
  const queue = [source];
  for (const node of queue) {
    for (let arc = first[node] ?? -1; arc !== -1; arc = after[arc] ?? -1) {
      const into = to[arc] ?? 0;
      if ((left[arc] ?? 0) <= 0 || level[into] !== -1) continue;
      level[into] = (level[node] ?? 0) + 1;
      queue.push(into);
    }
  }
  return level;
}

/** Sends flow along shortest ways until none is left of that length: Dinic's blocking flow, without recursion. */
function blockingFlow(network: Network, level: Int32Array): number {
  const { first, after, to, left } = network;
  const current = Int32Array.from(first);
  const path: number[] = [];
  let sent = 0;
  let node = source;
  for (;;) {
    if (node === sink) {
      const room = Math.min(...path.map((arc) => left[arc] ?? 0));
      for (const arc of path) {
        left[arc] = (left[arc] ?? 0) - room;
        left[arc ^ 1] = (left[arc ^ 1] ?? 0) + room;
      }
      sent += room;
      path.length = path.findIndex((arc) => left[arc] === 0);
      node = path.length === 0 ? source : (to[path.at(-1) ?? 0] ?? source);
      continue;
    }
    const arc = current[node] ?? -1;
    const into = to[arc] ?? -1;
    if (arc !== -1 && (left[arc] ?? 0) > 0 && level[into] === (level[node] ?? 0) + 1) {
      path.push(arc);
      node = into;
    } else if (arc !== -1) current[node] = after[arc] ?? -1;
    else {
      const back = path.pop();
      if (back === undefined) return sent;
      node = to[back ^ 1] ?? source;
      current[node] = after[current[node] ?? 0] ?? -1;
    }
  }
}

/**
 * A cut of least summed weight, by maximum flow (Dinic). Weights are whole numbers; a cut that needs one of
 * {@link uncuttable} or more is none.
 *
 * @returns candidates in order, or undefined where there is no such cut
 */
export function lightestCut(ways: Ways, weights: readonly number[]): readonly number[] | undefined {
  if (ways.isOpen) return undefined;
  const network = networkOf(ways, weights);
  let flow = 0;
  let level = levelsIn(network);
  while (level[sink] !== -1) {
    flow += blockingFlow(network, level);
    if (flow >= uncuttable) return undefined;
    level = levelsIn(network);
  }
  return [...weights.keys()].filter((candidate) => level[2 + 2 * candidate] !== -1 && level[3 + 2 * candidate] === -1);
}
