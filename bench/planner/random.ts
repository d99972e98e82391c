/** A seeded source of numbers: the same seed gives the same estate on every machine. */
export interface Random {
  /** At least 0, below 1. */
  readonly share: () => number;
  /** A whole number, at least 0, below `end`. */
  readonly below: (end: number) => number;
  /** One of several; the earlier the likelier, by the square of a share. */
  readonly early: <Item>(items: readonly Item[]) => Item;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly chance: (share: number) => boolean;
}

function itemAt<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new RangeError(`expected at least ${index + 1} items, found ${items.length}`);
  return item;
}

/** Mulberry32: 32 bits of state, even enough for making estates. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const share = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(share() * end);
  return {
    share,
    below,
    early: (items) => itemAt(items, Math.floor(share() ** 2 * items.length)),
    pick: (items) => itemAt(items, below(items.length)),
    chance: (likely) => share() < likely,
  };
}
