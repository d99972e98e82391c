import type { Waves } from '../model/playbook.ts';
import type { Target } from '../model/plan.ts';
import { byText } from './graph.ts';

/** One wave of things, in order. */
export interface WaveOf<Item> {
  readonly canary: boolean;
  readonly items: readonly Item[];
}

/** What the order of targets follows: systems in order, and the cycle a system is in, if any. */
export interface WaveOrder {
  readonly systems: readonly string[];
  readonly cycleOf: ReadonlyMap<string, string>;
}

type Ordered = Pick<Target, 'kind' | 'id' | 'account' | 'systems'>;

/** Position of each system, for comparing. */
function ranks(systems: readonly string[]): ReadonlyMap<string, number> {
  return new Map(systems.map((name, index) => [name, index]));
}

/** The first of a target's systems in order: what it is sorted and grouped by. */
function leadingSystem(target: Ordered, rank: ReadonlyMap<string, number>): string {
  return target.systems.toSorted((one, other) => (rank.get(one) ?? 0) - (rank.get(other) ?? 0))[0] ?? '';
}

/**
 * The total order of targets: principals first, by id; then hosts by their first system in the given order, then account,
 * then id.
 */
export function orderTargets<Item extends Ordered>(targets: readonly Item[], { systems }: WaveOrder): readonly Item[] {
  const rank = ranks(systems);
  const place = (target: Item): number =>
    target.kind === 'principal' ? -1 : (rank.get(leadingSystem(target, rank)) ?? rank.size);
  return targets
    .map((target) => ({ target, at: place(target) }))
    .sort(
      (one, other) =>
        one.at - other.at ||
        (one.at === -1 ? 0 : byText(one.target.account, other.target.account)) ||
        byText(one.target.id, other.target.id),
    )
    .map(({ target }) => target);
}

function sizeOf(size: Waves['size'], total: number): number {
  if (size === undefined) return Math.max(1, total);
  return typeof size === 'number' ? size : Math.ceil((total * Number.parseInt(size, 10)) / 100);
}

/** Ends of runs of items that belong together: a cycle's targets; everything else stands alone. */
function groupEnds<Item extends Ordered>(items: readonly Item[], { systems, cycleOf }: WaveOrder): readonly number[] {
  const rank = ranks(systems);
  const groups = items.map((item) => {
    const system = item.kind === 'principal' ? '' : leadingSystem(item, rank);
    return cycleOf.get(system) ?? '';
  });
  const ends: number[] = [];
  for (let index = items.length - 1; index >= 0; index -= 1) {
    const isSame = groups[index] !== '' && groups[index] === groups[index + 1];
    ends[index] = isSame ? (ends[index + 1] ?? index + 1) : index + 1;
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
