import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Proposal } from '../decision/decide.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import type { IncidentView } from '../incident/reach.ts';

/** `firedoor resume INC-42`: goes on after a hold; a gate that was denied or ran out opens anew. */
export const resumeCommand = defineCommand({
  name: 'resume',
  summary: 'goes on after a hold',
  define: decidingOptions,
  input: z.strictObject(decidingShape),
  run: async (session, input) => await decide(session, input, proposeResume),
});

/** What a resume is put to its signer as: why it holds. */
export function proposeResume({ status: { incident, hold } }: IncidentView): Proposal {
  return {
    verb: 'resume',
    words: [
      hold === undefined ? `${incident} does not hold now.` : `${incident} holds: ${hold.detail}.`,
      'It goes on from there: targets not reached are tried again, a gate denied or out of time opens anew.',
    ],
    ask: 'yes',
  };
}
