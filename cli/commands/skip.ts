import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Proposal } from '../decision/decide.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import { usageFailure } from '../failure.ts';
import type { IncidentView } from '../incident/reach.ts';
import { escapeControls } from '../render/escape.ts';
import { listWords } from '../render/words.ts';

/** `firedoor skip INC-42 --stage evidence`: leaves out what is left of a stage, or of `restore/<tier>`. */
export const skipCommand = defineCommand({
  name: 'skip',
  summary: 'leaves out what is left of a stage or a tier',
  define: (command) => decidingOptions(command).requiredOption('--stage <stage>', 'a stage, or restore/<tier>'),
  input: z.strictObject({ ...decidingShape, stage: z.string() }),
  run: async (session, { stage, ...input }) => await decide(session, input, (view) => proposeSkip(view, stage)),
});

/** What a skip is put to its signer as: what is left out. @throws CliFailure usage, with the names there are */
export function proposeSkip(view: IncidentView, stage: string): Proposal {
  const gate = chosen(view, stage);
  const left = gate.startsWith('restore/') ? 'is not given back' : 'is not contained';
  return {
    verb: 'skip',
    gate,
    words: [`${view.status.incident}: what is left of ${gate} ${left}. What was done of it stays as it is.`],
    ask: 'yes',
  };
}

function chosen({ plan, status }: IncidentView, stage: string): string {
  const { stages, tiers } = plan.header;
  const names = [...stages.map(({ name }) => name), ...tiers.map(({ name }) => `restore/${name}`)];
  if (names.includes(stage)) return stage;
  throw usageFailure(escapeControls(`${status.incident} has no stage ${stage}. It has: ${listWords(names)}.`));
}
