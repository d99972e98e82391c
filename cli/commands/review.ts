import { z } from 'zod';
import { reviewGateId } from '../../model/break-glass.ts';
import { defineCommand } from '../command.ts';
import type { AtGate } from '../decision/at-gate.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import type { Proposal } from '../decision/decide.ts';
import { decidingShape, placeOptions } from '../decision/options.ts';
import { incidentOrCode } from '../incident/by-code.ts';
import { timeOptions } from '../incident/clock.ts';
import { chooseGate } from '../incident/gates.ts';
import { waitsWords } from '../render/gate.ts';
import { reviewedWords } from '../render/glass.ts';
import type { Session } from '../session.ts';

/** `firedoor review INC-42`: signs that what was waived has been looked into; the incident can't close before. */
export const reviewCommand = defineCommand({
  name: 'review',
  summary: 'signs the review of waivers, which keeps an incident open until then',
  define: placeOptions,
  input: z.strictObject({ ...decidingShape, incident: incidentOrCode }),
  run: async (session, input) =>
    await decideAtGate(session, { ...input, gate: reviewGateId }, (at) => proposeReview(session, at)),
});

/** What a review is put to its signer as: the floors given up, by whom and why. */
export function proposeReview({ context }: Session, { view, signer, found }: AtGate): Proposal {
  const gate = chooseGate(view, { named: reviewGateId, found, verb: 'review' });
  const waits = waitsWords(view, { gate, signer, now: context.now() });
  return {
    verb: 'review',
    gate,
    words: [waits, '', ...reviewedWords(view, timeOptions(context.env))],
    ask: 'yes',
  };
}
