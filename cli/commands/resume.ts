import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';

/** `firedoor resume INC-42`: goes on after a hold; a gate that was denied or ran out opens anew. */
export const resumeCommand = defineCommand({
  name: 'resume',
  summary: 'goes on after a hold',
  define: decidingOptions,
  input: z.strictObject(decidingShape),
  run: async (session, input) =>
    await decide(session, input, ({ status }) => ({
      verb: 'resume',
      words: [
        status.hold === undefined
          ? `${input.incident} does not hold now.`
          : `${input.incident} holds: ${status.hold.detail}.`,
        'It goes on from there: targets not reached are tried again, a gate denied or out of time opens anew.',
      ],
      ask: 'yes',
    })),
});
