import type { Standing } from '../model/continuity.ts';
import type { Estate } from '../model/estate.ts';
import type { Mode } from '../model/modes.ts';
import { modes } from '../model/modes.ts';

/** What a site in a mode loses of its share of a service (DESIGN.md, *Continuity, exactly*, Loss). */
export const lostInMode: Readonly<Record<Mode, number>> = { normal: 0, degraded: 0.25, manual: 0.5, down: 1 };

const lossDigits = 1e6;

/** Losses are kept to six digits: sums in any order give the same number. */
export function roundedLoss(loss: number): number {
  return Math.round(loss * lossDigits) / lossDigits;
}

/** The share of a service that is lost: 0 where every site is normal, 1 where all are down. */
export function shareLost({ shares }: Pick<Standing, 'shares'>): number {
  return modes.reduce((sum, mode) => sum + shares[mode] * lostInMode[mode], 0);
}

/** The loss of a world: the sum over services of value × share lost. */
export function lossOf(standings: readonly Standing[], estate: Pick<Estate, 'services'>): number {
  const values = new Map(estate.services.map(({ name, value }) => [name, value]));
  return roundedLoss(
    standings.reduce((sum, standing) => sum + (values.get(standing.service) ?? 0) * shareLost(standing), 0),
  );
}
