import { glassOf, reviewGateId } from '../../model/break-glass.ts';
import { durationWords } from '../../model/duration.ts';
import type { IncidentStatus, WaiverStatus } from '../../model/incident.ts';
import type { PlanHeader } from '../../model/plan.ts';
import type { WaivedFloor, Waiver } from '../../model/waiver.ts';
import { floorsWords, implies, loweredFloors } from '../../model/waiver.ts';
import { missingWords } from './incident-next.ts';
import type { TimeOptions } from './time.ts';
import { laterWords } from './time.ts';
import { listWords } from './words.ts';

/** `store-tills may fall to 50% degraded, instead of 95% degraded`: what one waiver gives up, and nothing that stays. */
function fallWords({ service, floor }: Pick<Waiver, 'service' | 'floor'>, own: readonly WaivedFloor[]): string {
  const given = own.filter((real) => !floor.some((waived) => implies(waived, real)));
  return `${service} may fall to ${floorsWords(loweredFloors({ floor }, own))}, instead of ${floorsWords(given)}`;
}

/**
 * What the waivers of a plan give up, and until when, one line each.
 *
 * @param after says when something happens so long after the start
 */
export function waiverLines(
  { waivers = [], services }: Pick<PlanHeader, 'waivers' | 'services'>,
  after: (lengthMs: number) => string,
): readonly string[] {
  return waivers.map((waiver) => {
    const own = services.find(({ name }) => name === waiver.service)?.floor ?? [];
    return `BREAKS GLASS: ${fallWords(waiver, own)}, until ${after(waiver.untilMs)}`;
  });
}

/** The same where no time of day is known yet: `for 4 h from the start`. */
export function waivedForWords(header: Pick<PlanHeader, 'waivers' | 'services'>): readonly string[] {
  return waiverLines(header, (lengthMs) => `${durationWords(lengthMs)} after the start`);
}

/** What is waived in an incident, until when and by whom, and how its review stands. */
export function glassLines(
  status: IncidentStatus,
  { now, time }: { readonly now: Date; readonly time: TimeOptions },
): readonly string[] {
  const state = glassOf(status);
  if (state === undefined) return [];
  const lines = status.waivers.map((waiver) => `  ${waiverWords(waiver, { now, time })}`);
  const review = status.gates.find(({ id }) => id === reviewGateId);
  if (state === 'review' && review) return [...lines, `  REVIEW OPEN: waits for ${missingWords(review)}`];
  if (state === 'reviewed') return [...lines, `  reviewed by ${listWords(review?.approvedBy ?? [])}`];
  return lines;
}

/** `GLASS BROKEN: store-tills may fall to 50% degraded until 18:02, 3 h left, by cy@example.org and dee@example.org`. */
function waiverWords(
  { service, floor, until, signedBy }: WaiverStatus,
  { now, time }: { readonly now: Date; readonly time: TimeOptions },
): string {
  const leftMs = Date.parse(until) - now.getTime();
  const fall = `${service} may fall to ${floorsWords(floor)}`;
  const at = laterWords(now, leftMs, time);
  if (signedBy.length === 0) return `GLASS ASKED FOR: ${fall} until ${at}, once it is signed`;
  const by = listWords(signedBy);
  if (leftMs <= 0) {
    return `WAIVER ENDED ${durationWords(-leftMs)} ago: ${service} has its own floor again; it was waived by ${by}`;
  }
  return `GLASS BROKEN: ${fall} until ${at}, ${durationWords(leftMs)} left, by ${by}`;
}
