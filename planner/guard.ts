import type { Contained, Failing, GuardVerdict, Standing } from '../model/continuity.ts';
import { servingModes } from '../model/modes.ts';
import type { Slice } from '../model/plan.ts';
import type { Continuity } from './continuity.ts';
import { continuityOf, shareAtLeast } from './continuity.ts';

/** What the guard weighs: a wave, on the facts of the moment. */
export interface WaveQuestion {
  /** `C`: all that is contained, in flight or not running, without the wave. */
  readonly contained: Contained;
  /** What the wave would add to `C`. */
  readonly wave: Contained;
  /** `F`: one round of probes. */
  readonly failing: Failing;
}

/** Nothing contained. */
export const nothingContained: Contained = { hosts: new Set(), principals: new Set() };

/** Everything in either of two. */
export function containedTogether(one: Contained, other: Contained): Contained {
  return {
    hosts: new Set([...one.hosts, ...other.hosts]),
    principals: new Set([...one.principals, ...other.principals]),
  };
}

function isWorse(before: Standing, after: Standing): boolean {
  return servingModes.some((mode) => shareAtLeast(after.shares, mode) < shareAtLeast(before.shares, mode));
}

/**
 * Weighs a wave with a continuity function made before. Services the wave makes worse in the model must keep every floor
 * with probes counted in; a service already below its floor never blocks a wave that leaves it as it is.
 *
 * @returns the verdict; standings are those with the wave contained and with probes, for every service
 */
export function weigh(continuity: Continuity, { contained, wave, failing }: WaveQuestion): GuardVerdict {
  const together = containedTogether(contained, wave);
  const before = continuity.standings({ contained, failing: [] });
  const after = continuity.standings({ contained: together, failing: [] });
  const standings = failing.length === 0 ? after : continuity.standings({ contained: together, failing });
  const worsened = new Set<string>();
  for (const [index, standing] of after.entries()) {
    const earlier = before[index];
    if (earlier && isWorse(earlier, standing)) worsened.add(standing.service);
  }
  const breached = standings
    .filter((standing) => worsened.has(standing.service) && standing.protected && standing.floor?.holds === false)
    .map((standing) => standing.service);
  return { allowed: breached.length === 0, worsened: [...worsened], breached, standings: [...standings] };
}

/**
 * Weighs one wave against a slice (DESIGN.md, *Continuity, exactly*, the guard).
 *
 * @param question - the slice, `C` without the wave, the wave, and `F`
 */
export function weighWave(question: WaveQuestion & { readonly slice: Slice }): GuardVerdict {
  return weigh(continuityOf(question.slice), question);
}
