import type { Waves } from '../model/playbook.ts';
import type { Target } from '../model/plan.ts';
import { byText } from './graph.ts';
import { packPositions } from './packed.ts';

/** One wave of things, in order. */
export interface WaveOf<Item> {
  readonly canary: boolean;
  readonly items: readonly Item[];
}

/** What the order of targets follows: systems in order, and the cycle a system is in, if any. */
export interface WaveOrder {
  /** Position of a system, from 1; systems that are not among them all come last. */
  readonly rankOf: (system: string) => number;
  readonly lastRank: number;
  readonly cycleOf: ReadonlyMap<string, string>;
}

type Ordered = Pick<Target, 'kind' | 'id' | 'account' | 'systems'>;

/** Makes an order to sort and split any number of targets by. */
export function waveOrder(systems: readonly string[], cycleOf: WaveOrder['cycleOf']): WaveOrder {
  const ranks = new Map<string, number>();
  for (const [index, name] of systems.entries()) ranks.set(name, index + 1);
  const lastRank = systems.length + 1;
  return { rankOf: (system) => ranks.get(system) ?? lastRank, lastRank, cycleOf };
}

/** The first of a target's systems in order: what it is sorted and grouped by. */
function leadingSystem({ systems }: Ordered, { rankOf }: WaveOrder): string {
  const [first = '', ...others] = systems;
  return others.reduce((leading, system) => (rankOf(system) < rankOf(leading) ? system : leading), first);
}

/**
 * The total order of targets: principals first, by id; then hosts by their first system in the given order, then account,
 * then id.
 */
export function orderTargets<Item extends Ordered>(targets: readonly Item[], order: WaveOrder): readonly Item[] {
  const ranks = targets.map((target) => (target.kind === 'principal' ? 0 : order.rankOf(leadingSystem(target, order))));
  const { starts, entries } = packPositions(order.lastRank + 1, ranks);
  const ordered = [...entries].flatMap((position) => targets[position] ?? []);
  for (let rank = 0; rank < starts.length - 1; rank += 1) {
    const [start = 0, end = 0] = [starts[rank], starts[rank + 1]];
    const compare = rank === 0 ? byId : byAccountAndId;
    if (isSorted(ordered, { start, end, compare })) continue;
    for (const [index, item] of ordered.slice(start, end).sort(compare).entries()) ordered[start + index] = item;
  }
  return ordered;
}

type Compare = (one: Ordered, other: Ordered) => number;
const byId: Compare = (one, other) => byText(one.id, other.id);
const byAccountAndId: Compare = (one, other) => byText(one.account, other.account) || byText(one.id, other.id);

interface Run {
  readonly start: number;
  readonly end: number;
  readonly compare: Compare;
}

/** Live reads come in order, so most runs have nothing to sort. */
function isSorted(items: readonly Ordered[], { start, end, compare }: Run): boolean {
  for (let index = start + 1; index < end; index += 1) {
    const [one, other] = [items[index - 1], items[index]];
    if (one && other && compare(one, other) > 0) return false;
  }
  return true;
}

function sizeOf(size: Waves['size'], total: number): number {
  if (size === undefined) return Math.max(1, total);
  return typeof size === 'number' ? size : Math.ceil((total * Number.parseInt(size, 10)) / 100);
}

/** Ends of runs of items that belong together: a cycle's targets; everything else stands alone. */
function groupEnds<Item extends Ordered>(items: readonly Item[], order: WaveOrder): readonly number[] {
  const cycles = items.map((item) =>
    item.kind === 'principal' ? undefined : order.cycleOf.get(leadingSystem(item, order)),
  );
  const ends: number[] = items.map((_, index) => index + 1);
  for (let index = items.length - 2; index >= 0; index -= 1) {
    if (cycles[index] !== undefined && cycles[index] === cycles[index + 1]) ends[index] = ends[index + 1] ?? index + 1;
  }
  return ends;
}

/** Where a wave from `start` ends: full, or earlier where a cycle would be split that fits into the next one whole. */
function waveEnd(start: number, size: number, ends: readonly number[]): number {
  const full = Math.min(start + size, ends.length);
  let split = full;
  while (split > start && split < ends.length && ends[split - 1] === ends[split]) split -= 1;
  const groupLength = (ends[split] ?? full) - split;
  return split === start || groupLength > size ? full : split;
}

/**
 * Splits ordered targets: a canary, then batches of `size` (a count, or a share of all targets rounded up). A partition,
 * in order. Systems of a dependency cycle share a batch where they fit one; the canary counts targets and may split them.
 */
export function splitIntoWaves<Item extends Ordered>(
  items: readonly Item[],
  waves: Waves | undefined,
  order: WaveOrder,
): readonly WaveOf<Item>[] {
  const size = sizeOf(waves?.size, items.length);
  const canary = Math.min(waves?.canary ?? 0, items.length);
  const ends = groupEnds(items, order);
  const result: WaveOf<Item>[] = canary > 0 ? [{ canary: true, items: items.slice(0, canary) }] : [];
  for (let start = canary; start < items.length;) {
    const end = waveEnd(start, size, ends);
    result.push({ canary: false, items: items.slice(start, end) });
    start = end;
  }
  return result;
}
