/** Lists of numbers by number, packed: the entries of `n` stand from `starts[n]` up to `starts[n + 1]`. */
export interface Packed {
  readonly starts: Int32Array;
  readonly entries: Int32Array;
}

/** Packs pairs by their first, each list in the order given: a counting sort. */
export function packPairs(size: number, from: ArrayLike<number>, to: ArrayLike<number>): Packed {
  const starts = new Int32Array(size + 1);
  for (let index = 0; index < from.length; index += 1) {
    const after = (from[index] ?? 0) + 1;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let key = 0; key < size; key += 1) starts[key + 1] = (starts[key + 1] ?? 0) + (starts[key] ?? 0);
  const next = starts.slice(0, size);
  const entries = new Int32Array(from.length);
  for (let index = 0; index < from.length; index += 1) {
    const key = from[index] ?? 0;
    const place = next[key] ?? 0;
    next[key] = place + 1;
    entries[place] = to[index] ?? 0;
  }
  return { starts, entries };
}

/** Positions by their key, each list ascending. */
export function packPositions(size: number, keys: ArrayLike<number>): Packed {
  return packPairs(
    size,
    keys,
    Int32Array.from({ length: keys.length }, (_, position) => position),
  );
}

/** The entries of one number: a view, not a copy. */
export function entriesOf({ starts, entries }: Packed, key: number): Int32Array {
  return entries.subarray(starts[key] ?? 0, starts[key + 1] ?? 0);
}
