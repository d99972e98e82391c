import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bestCut, measure } from '../../../planner/advice/best-cut.ts';
import { lightestCut, uncuttable } from '../../../planner/advice/flow.ts';
import type { Meter } from '../../../planner/advice/meter.ts';
import { packPairs } from '../../../planner/packed.ts';
import { searchCuts } from '../../../planner/advice/search.ts';
import type { Ways } from '../../../planner/advice/ways.ts';

/** Ways over candidates 0 to `size` - 1: pairs lead on, `starts` are entered first, `ends` lead to what must be safe. */
function waysOver(
  size: number,
  {
    pairs,
    starts,
    ends,
  }: Record<'starts' | 'ends', readonly number[]> & { readonly pairs: readonly (readonly [number, number])[] },
): Ways {
  return {
    candidates: Int32Array.from({ length: size }, (_, index) => index),
    starts: Int32Array.from(starts),
    next: packPairs(
      size,
      pairs.map(([from]) => from),
      pairs.map(([, to]) => to),
    ),
    ends: Uint8Array.from({ length: size }, (_, index) => Number(ends.includes(index))),
    isOpen: false,
    goals: [size],
  };
}

/** A meter whose loss is a function of the set. */
function meterFor(
  lossOf: (set: ReadonlySet<number>) => number,
  holds: (set: ReadonlySet<number>) => boolean = () => true,
): Meter {
  const contained: number[] = [];
  const set = (): ReadonlySet<number> => new Set(contained);
  return {
    loss: () => lossOf(set()),
    holds: () => holds(set()),
    contain: (thing) => void contained.push(thing),
    undo: () => void contained.pop(),
  };
}

const accepts = (): boolean => true;

function sumOf(weights: readonly number[]): (set: ReadonlySet<number>) => number {
  return (set) => [...set].reduce((sum, each) => sum + (weights[each] ?? 0), 0);
}

function isCut({ starts, next, ends }: Ways, set: ReadonlySet<number>): boolean {
  const reached = new Set([...starts].filter((each) => !set.has(each)));
  for (const each of reached) {
    if (ends[each] === 1) return false;
    for (const onward of next.entries.subarray(next.starts[each], next.starts[each + 1]))
      if (!set.has(onward)) reached.add(onward);
  }
  return true;
}

const size = 8;
const aCandidate = fc.nat(size - 1);
const someWays = fc
  .record({
    pairs: fc.array(fc.tuple(aCandidate, aCandidate), { maxLength: 16 }),
    starts: fc.uniqueArray(aCandidate, { minLength: 1, maxLength: 3 }),
    ends: fc.uniqueArray(aCandidate, { minLength: 1, maxLength: 3 }),
  })
  .map((parts) => waysOver(size, parts));
const someWeights = fc.tuple(...Array.from({ length: size }, () => fc.constantFrom(1, 2, 3, 7, uncuttable)));

/** Every set of candidates that is a cut. */
function allCuts(ways: Ways): readonly ReadonlySet<number>[] {
  return Array.from(
    { length: 2 ** size },
    (_, bits) => new Set([...ways.candidates].filter((each) => (bits & (1 << each)) !== 0)),
  ).filter((set) => isCut(ways, set));
}

test('the lightest cut by flow is as light as the lightest there is', () => {
  fc.assert(
    fc.property(someWays, someWeights, (ways, weights) => {
      const least = Math.min(...allCuts(ways).map(sumOf(weights)));
      const found = lightestCut(ways, weights);
      if (found === undefined) {
        expect(least).toBeGreaterThanOrEqual(uncuttable);
        return;
      }
      expect(isCut(ways, new Set(found))).toBe(true);
      expect(sumOf(weights)(new Set(found))).toBe(least);
    }),
    { numRuns: 300 },
  );
});

/** Ten pairs side by side: each pair must be cut at one of its two. */
const pairs = Array.from({ length: 11 }, (_, index) => [2 * index, 2 * index + 1] as const);
const ladder = waysOver(22, { pairs, starts: pairs.map(([first]) => first), ends: pairs.map(([, second]) => second) });

describe('beyond twenty candidates', () => {
  test('a search that ends is exact, though losses overlap', () => {
    // Even ones cost one each; odd ones share one cost of ten between them.
    const loss = (set: ReadonlySet<number>): number =>
      [...set].filter((each) => each % 2 === 0).length + ([...set].some((each) => each % 2 === 1) ? 10 : 0);
    expect(bestCut({ ways: ladder, meter: meterFor(loss), accepts })).toEqual({
      cut: { candidates: Array.from({ length: 11 }, (_, index) => 2 * index + 1), loss: 10 },
      isExact: true,
    });
  });

  test('a search that runs out of budget gives the best it knows, and says so', () => {
    const meter = meterFor(sumOf(Array.from({ length: 22 }, () => 1)));
    const known = { candidates: pairs.map(([first]) => first), loss: 11 };
    expect(searchCuts({ ways: ladder, meter, known, budget: 0, accepts })).toEqual({ cut: known, isExact: false });
    expect(searchCuts({ ways: ladder, meter, budget: 0, accepts })).toMatchObject({ isExact: false });
  });
});

test('a floor that two things break together keeps them from being cut together', () => {
  const meter = meterFor(sumOf([1, 5]), (set) => set.size < 2);
  const single = waysOver(2, { pairs: [[0, 1]], starts: [0], ends: [1] });
  expect(bestCut({ ways: single, meter, accepts })).toEqual({ cut: { candidates: [0], loss: 1 }, isExact: true });
  const both = waysOver(2, { pairs: [], starts: [0, 1], ends: [0, 1] });
  expect(bestCut({ ways: both, meter, accepts })).toEqual({ isExact: true });
});

test('measuring leaves the meter as it was', () => {
  const meter = meterFor(sumOf([1, 5]));
  expect(measure(meter, [0, 1])).toEqual({ loss: 6, holds: true });
  expect(meter.loss()).toBe(0);
});
