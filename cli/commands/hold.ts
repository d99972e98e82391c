import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Proposal } from '../decision/decide.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';

/** `firedoor hold INC-42`: stops between two targets. Never asks: stopping is fast. */
export const holdCommand = defineCommand({
  name: 'hold',
  summary: 'stops between two targets; what is done stays done',
  define: decidingOptions,
  input: z.strictObject(decidingShape),
  run: async (session, input) => await decide(session, input, proposeHold),
});

/** What a hold is put to its signer as: nothing is asked. */
export function proposeHold(): Proposal {
  return { verb: 'hold', words: [], ask: 'nothing' };
}
