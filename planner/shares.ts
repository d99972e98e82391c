import type { Standing } from '../model/continuity.ts';
import type { Mode, ServingMode } from '../model/modes.ts';
import { modes, servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';

/** The weight of sites by their best mode; as shares of all, or as it is. */
export type Shares = Record<Mode, number>;

const shareDigits = 1e9;
const sumDigits = 1e8;

function rounded(share: number, digits: number): number {
  return Math.round(Math.min(1, Math.max(0, share)) * digits) / digits;
}

/** Shares are kept to nine digits: sums of weights in any order give the same number, and the same bytes. */
function shareOf(weight: number, total: number): number {
  return rounded(weight / total, shareDigits);
}

function asShares(weights: Readonly<Shares>, empty: Mode): Shares {
  const total = weights.normal + weights.degraded + weights.manual + weights.down;
  if (total === 0) return { normal: 0, degraded: 0, manual: 0, down: 0, [empty]: 1 };
  return {
    normal: shareOf(weights.normal, total),
    degraded: shareOf(weights.degraded, total),
    manual: shareOf(weights.manual, total),
    down: shareOf(weights.down, total),
  };
}

/**
 * The share of sites in a mode or a better one.
 *
 * @param shares - shares by best mode, as in a {@link Standing}
 */
export function shareAtLeast(shares: Readonly<Shares>, least: ServingMode): number {
  let sum = 0;
  for (const mode of servingModes) {
    sum += shares[mode];
    if (mode === least) break;
  }
  // One digit less than the parts, so that three thirds are one.
  return rounded(sum, sumDigits);
}

/** Sites of one service that are alike: their weight altogether, their tier, and the best mode they are in. */
export interface GroupMode {
  readonly weight: number;
  readonly tier: string | undefined;
  readonly mode: Mode;
}

/** The weight of sites by mode: all of them, and those of each tier. */
interface Weighed {
  readonly all: Shares;
  readonly byTier: ReadonlyMap<string, Shares>;
}

function noWeight(): Shares {
  return { normal: 0, degraded: 0, manual: 0, down: 0 };
}

function weigh(groups: readonly GroupMode[]): Weighed {
  const all = noWeight();
  const byTier = new Map<string, Shares>();
  for (const { weight, tier, mode } of groups) {
    all[mode] += weight;
    if (tier === undefined) continue;
    const own = byTier.get(tier) ?? noWeight();
    byTier.set(tier, own);
    own[mode] += weight;
  }
  return { all, byTier };
}

/** The floor with the least left above it, over all sites or over those of its tier. */
function worstFloor(floors: Slice['services'][number]['floor'], { all, byTier }: Weighed): Standing['floor'] {
  let worst: Standing['floor'];
  for (const { tier, mode, share } of floors) {
    const weights = tier === undefined ? all : (byTier.get(tier) ?? noWeight());
    // A tier without sites has nothing to lose.
    const actual = shareAtLeast(asShares(weights, 'normal'), mode);
    if (worst !== undefined && worst.actual - worst.share <= actual - share) continue;
    worst = { ...(tier !== undefined && { tier }), mode, share, actual, holds: actual + 1 / sumDigits >= share };
  }
  return worst;
}

/**
 * How a service stands, from the modes its sites are in.
 *
 * @param empty - the mode a service without sites is said to be in
 */
export function standingOf(service: Slice['services'][number], groups: readonly GroupMode[], empty: Mode): Standing {
  const weighed = weigh(groups);
  const floor = worstFloor(service.floor, weighed);
  const shares = asShares(weighed.all, empty);
  return { service: service.name, protected: service.protected, shares, ...(floor && { floor }) };
}

/** True where two standings are the same, whatever their floors. */
export function isSameStanding(one: Pick<Standing, 'shares'>, other: Pick<Standing, 'shares'>): boolean {
  return servingModes.every((mode) => one.shares[mode] === other.shares[mode]);
}

/** True where some mode is held by fewer sites than before. */
export function isWorse(before: Pick<Standing, 'shares'>, after: Pick<Standing, 'shares'>): boolean {
  let [held, left] = [0, 0];
  return servingModes.some((mode) => {
    held += before.shares[mode];
    left += after.shares[mode];
    return rounded(left, sumDigits) < rounded(held, sumDigits);
  });
}

/** The worst of several forecasts: the worst mode, and in it the least share. */
export function worstForecast([first, ...others]: readonly [Forecast, ...Forecast[]]): Forecast {
  const rank = ({ mode }: Forecast): number => modes.indexOf(mode);
  return others.reduce(
    (worst, each) =>
      rank(each) > rank(worst) || (rank(each) === rank(worst) && each.share < worst.share) ? each : worst,
    first,
  );
}

/** A standing in one mode and one number, as tables show it. */
export interface Forecast {
  readonly mode: Mode;
  readonly share: number;
}

/**
 * Sums a standing up: the worst mode in which sites still serve, and the share of sites in it or better; `down` and 0
 * where no site serves.
 */
export function forecastOf({ shares }: Pick<Standing, 'shares'>): Forecast {
  const mode = servingModes.findLast((candidate) => shares[candidate] > 0);
  return mode === undefined ? { mode: 'down', share: 0 } : { mode, share: shareAtLeast(shares, mode) };
}
