import { condition } from '@temporalio/workflow';
import { breakGlassGateId, reviewGateId } from '../model/break-glass.ts';
import type { AcceptedDecision } from '../model/step.ts';
import type { Waiver } from '../model/waiver.ts';
import { floorsWords } from '../model/waiver.ts';
import type { IncidentContext } from './context.ts';
import type { Gate } from './gate.ts';
import type { Directive } from './obey.ts';
import { openGate, passGate } from './obey.ts';

/** A review that nobody signs is called to mind each day: it is no emergency, and must not be forgotten. */
const remindEveryMs = 24 * 60 * 60_000;

function gateCalled(id: string, { desk }: IncidentContext): Gate | undefined {
  return desk.gates.find((gate) => gate.definition.id === id);
}

/** What people signed to break glass: part of every warrant to contain. */
export function glassDecisions(context: IncidentContext): readonly AcceptedDecision[] {
  return gateCalled(breakGlassGateId, context)?.decisions ?? [];
}

/** Where the plan waives floors: waits, before anything is done, until two people have signed for it. */
export async function breakGlass(context: IncidentContext): Promise<Directive> {
  const gate = gateCalled(breakGlassGateId, context);
  if (!gate) return 'go';
  const told = await passGate(context, gate, { name: breakGlassGateId, isContainment: true });
  if (told === 'go' && context.progress.begin(breakGlassGateId)) {
    const by = gate.status().approvedBy.join(' and ');
    for (const { service, floor, untilMs } of context.clocks.waivers) {
      const until = new Date(untilMs).toISOString();
      context.record.say('waiver', `${by}: ${service} may fall to ${floorsWords(floor)} until ${until}`);
    }
    context.messenger.tell({ kind: 'waiver' });
    context.record.publish();
  }
  return told;
}

/**
 * Runs beside the procedure once glass is broken, until the incident ends: says when a waiver has ended, holds what goes on
 * below a floor that is in force again, and opens the review, which people are reminded of until it is signed.
 */
export async function serveWaivers(context: IncidentContext, isEnding: () => boolean): Promise<void> {
  const [glass, review] = [breakGlassGateId, reviewGateId].map((id) => gateCalled(id, context));
  if (!glass || !review) return;
  await condition(() => isEnding() || glass.isMet);
  // Once all is given back the review opens by itself, and no waiver is needed any longer.
  const isDone = (): boolean => isEnding() || review.isOpen || review.isDecided;
  for (const waiver of context.clocks.waivers.toSorted((one, other) => one.untilMs - other.untilMs)) {
    await pause(waiver.untilMs - Date.now(), isDone, `until the waiver of ${waiver.service} ends`);
    if (isDone()) break;
    if (context.progress.begin(`waiver/${waiver.service}`)) endWaiver(context, waiver);
  }
  if (isEnding()) return;
  openReview(context, review);
  const isOver = (): boolean => isEnding() || review.isMet;
  while (!isOver()) {
    const openMs = Date.now() - Date.parse(review.status().openedAt ?? '');
    if (await pause(remindEveryMs - (openMs % remindEveryMs), isOver, 'until people are reminded of the review')) {
      context.messenger.tell({ kind: 'review-due' });
    }
  }
}

/** Waits for a time, unless something comes first. @returns true where the time has gone by */
async function pause(lengthMs: number, isOver: () => boolean, summary: string): Promise<boolean> {
  if (lengthMs <= 0) return true;
  return !(await condition(isOver, lengthMs, { summary }));
}

/** From now on the service's own floors count. Where they don't hold, whatever still contains holds. */
function endWaiver({ clocks, control, plan, record }: IncidentContext, { service }: Waiver): void {
  const own = plan.header.services.find(({ name }) => name === service)?.floor ?? [];
  const standing = clocks.standings(Date.now()).find((each) => each.service === service);
  const isBroken = standing?.floor?.holds === false;
  const words = `the waiver of ${service} has ended; ${floorsWords(own)} ${isBroken ? 'does not hold' : 'holds'}`;
  record.say('waiver', words);
  if (isBroken && !control.isOver && record.phase !== 'contained') control.stop('waiver', words, Date.now());
  record.publish();
}

function openReview(context: IncidentContext, review: Gate): void {
  if (review.isOpen || review.isDecided) return;
  openGate(context, review);
  context.record.say('review', `the review of what was waived is open: gate ${reviewGateId}`);
  context.record.publish();
}

/** Before an incident closes, two people have reviewed what was waived (DESIGN.md, *Decisions*, Break-glass). */
export async function waiversAreReviewed(context: IncidentContext): Promise<void> {
  const review = gateCalled(reviewGateId, context);
  if (!review || !gateCalled(breakGlassGateId, context)?.isMet) return;
  openReview(context, review);
  await passGate(context, review, { name: reviewGateId, isContainment: false });
}
