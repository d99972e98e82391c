import { z } from 'zod';

const positive = z.number().positive();

/** One figure. Less is better everywhere, so a ratio above its target is a miss. */
export const benchResult = z.strictObject({
  /** What was measured, on what, beside what. */
  metric: z.string().min(1),
  /** The median of the repeats; so is `peer`: another tool on the same work in the same run, or a limit. */
  ours: positive,
  peer: positive,
  unit: z.string().min(1),
  /** Ours over the peer's, repeat by repeat. */
  ratio: z.strictObject({ median: positive, worst: positive }),
  target: positive,
  /** True where even the worst repeat is within the target. */
  holds: z.boolean(),
});
export type BenchResult = z.infer<typeof benchResult>;

/** What ran the bench; `software` gives versions by name. */
const machine = z.strictObject({
  cpu: z.string(),
  cores: z.number().int(),
  memoryMiB: z.number().int(),
  platform: z.string(),
  software: z.record(z.string(), z.string()),
});
export type Machine = z.infer<typeof machine>;

/** What `npm run bench -- NAME --out FILE` writes. */
export const benchReport = z.strictObject({
  schema: z.literal('firedoor/bench/v1'),
  name: z.string().min(1),
  results: z.array(benchResult).min(1),
  machine,
});
export type BenchReport = z.infer<typeof benchReport>;

/** One repeat: both sides of it, measured one after the other. */
export interface Pair {
  readonly ours: number;
  readonly peer: number;
}

/** The middle of several numbers; of an even count, the mean of the two in the middle. */
export function medianOf(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  if (middle.length === 0) throw new RangeError('expected at least one number, found none');
  return middle.reduce((sum, each) => sum + each, 0) / middle.length;
}

/** Sums repeats up into one figure. */
export function resultOf(
  { metric, unit, target }: Pick<BenchResult, 'metric' | 'unit' | 'target'>,
  pairs: readonly Pair[],
): BenchResult {
  const ratios = pairs.map(({ ours, peer }) => ours / peer);
  const worst = Math.max(...ratios);
  return {
    metric,
    ours: medianOf(pairs.map(({ ours }) => ours)),
    peer: medianOf(pairs.map(({ peer }) => peer)),
    unit,
    ratio: { median: medianOf(ratios), worst },
    target,
    holds: worst <= target,
  };
}

/** Repeats held against a limit instead of a peer: the ratio is the part of the limit that is used, and 1 its target. */
export function resultWithin(
  { metric, unit, limit }: Pick<BenchResult, 'metric' | 'unit'> & { readonly limit: number },
  measured: readonly number[],
): BenchResult {
  return resultOf(
    { metric, unit, target: 1 },
    measured.map((ours) => ({ ours, peer: limit })),
  );
}
