import type { CallCost } from '../model/actions/definition.ts';

/** Calls that draw on the token buckets of one account and Region. */
export interface PacedCalls {
  readonly account: string;
  readonly region: string;
  readonly costs: readonly CallCost[];
}

/** Calls altogether. */
export function callsIn(costs: readonly CallCost[]): number {
  return costs.reduce((sum, { calls }) => sum + calls, 0);
}

/**
 * The least time throttling makes calls take: every bucket starts full and refills at its rate; accounts, Regions and
 * APIs run at once, so the slowest bucket counts. In milliseconds, rounded up.
 */
export function leastMs(work: readonly PacedCalls[]): number {
  const byBucket = new Map<string, { readonly cost: CallCost; calls: number }>();
  for (const { account, region, costs } of work) {
    for (const cost of costs) {
      const key = JSON.stringify([account, region, cost.bucket.api]);
      const entry = byBucket.get(key) ?? { cost, calls: 0 };
      entry.calls += cost.calls;
      byBucket.set(key, entry);
    }
  }
  let longestMs = 0;
  for (const { cost, calls } of byBucket.values()) {
    const { size, refillPerSecond } = cost.bucket;
    longestMs = Math.max(longestMs, Math.ceil((Math.max(0, calls - size) / refillPerSecond) * 1000));
  }
  return longestMs;
}
