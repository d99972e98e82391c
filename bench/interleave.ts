import type { Pair } from './report.ts';

/** Measures one side once. */
export type Side = () => Promise<number>;

/**
 * Measures two sides in turn, and the other one first every second time: what slows the machine for a while slows both.
 * Never at once, since each would take from the other.
 */
export async function interleave(
  { ours, peer }: { readonly ours: Side; readonly peer: Side },
  repeats: number,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let repeat = 0; repeat < repeats; repeat += 1) {
    if (repeat % 2 === 0) {
      const first = await ours();
      pairs.push({ ours: first, peer: await peer() });
    } else {
      const first = await peer();
      pairs.push({ ours: await ours(), peer: first });
    }
  }
  return pairs;
}
