import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Proposal } from '../decision/decide.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import type { IncidentView } from '../incident/reach.ts';
import { countWords } from '../render/words.ts';

/** `firedoor abort INC-42`: ends containment for good; what there is stays, and can be released. */
export const abortCommand = defineCommand({
  name: 'abort',
  summary: 'ends containment; what there is stays contained until release',
  define: (command) =>
    decidingOptions(command).option('--confirm <incident>', 'the incident again, where there is no terminal'),
  input: z.strictObject({ ...decidingShape, confirm: z.string().optional() }),
  run: async (session, { confirm, ...input }) => await decide(session, input, (view) => proposeAbort(view, confirm)),
});

/** What an abort is put to its signer as: what will never be done. */
export function proposeAbort({ status }: IncidentView, confirmed: string | undefined): Proposal {
  const waves = status.stages.flatMap((stage) => stage.waves);
  const left = waves.filter((wave) => wave.state !== 'done' && wave.state !== 'skipped').length;
  const verified = waves.reduce((sum, wave) => sum + wave.verified, 0);
  return {
    verb: 'abort',
    words: [
      `${status.incident}: ${countWords(left, 'wave')} not done will never be, and this can't be taken back.`,
      `  ${countWords(verified, 'step')} verified so far; what is contained stays so until release`,
    ],
    ask: 'incident',
    confirmed,
  };
}
