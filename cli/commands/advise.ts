import { z } from 'zod';
import { renderPlaybook } from '../../documents/write-playbook.ts';
import { duration } from '../../model/duration.ts';
import type { Advice, AdviceAnswer, AdviceRequest } from '../../model/advice.ts';
import { advise } from '../../planner/advice/advise.ts';
import { defineCommand } from '../command.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import type { Question } from '../planning/question.ts';
import { answerQuestion, questionInput, questionOptions, showRefusals } from '../planning/question.ts';
import { splitNames } from '../planning/request.ts';
import { renderAdvice } from '../render/advice.ts';
import { escapeControls } from '../render/escape.ts';
import { listWords } from '../render/words.ts';
import type { Session } from '../session.ts';
import { writeOutput } from '../write-output.ts';

/** `firedoor advise --compromised a,b`: the cut of least loss, as a playbook with `-o FILE`. Changes nothing. */
export const adviseCommand = defineCommand({
  name: 'advise',
  summary: 'finds the cut that costs the business least and keeps safe what must be, and writes it as a playbook',
  writesFile: true,
  define: (command) =>
    questionOptions(
      command
        .requiredOption('--compromised <system,…>', "systems in the attacker's hands", collect)
        .option('--suspected <system,…>', 'systems that may be', collect)
        .option(
          '--release-by <duration>',
          'by when what is cut is to be back (default P3D); the worst until then counts',
        ),
    ),
  input: z.strictObject({
    compromised: z.array(z.string()),
    suspected: z.array(z.string()).default([]),
    releaseBy: duration.default('P3D'),
    ...questionInput,
  }),
  run: async (session, { compromised, suspected, releaseBy, ...input }) => {
    const request = {
      compromised: compromised.flatMap(splitNames),
      suspected: suspected.flatMap(splitNames),
      releaseBy,
    };
    if (request.compromised.length === 0) throw usageFailure('--compromised takes system,system; found no name.');
    const answer = await answerQuestion(session, input, questionOf(request));
    if (answer.kind === 'refused') return showRefusals(session, answer.refusals);
    return await showAdvice(session, answer.advice, input.offline);
  },
});

function collect(word: string, words: readonly string[] = []): readonly string[] {
  return [...words, word];
}

function questionOf(request: AdviceRequest): Question<AdviceAnswer> {
  return {
    workflow: 'advise',
    request,
    offline: ({ estate, live, allowedSigners }) => advise({ estate: estate.estate, live, allowedSigners, ...request }),
  };
}

async function showAdvice(session: Session, advice: Advice, offline: boolean): Promise<ExitCode> {
  const { file } = session.options;
  if (file !== undefined && advice.kind === 'cut') {
    await writeOutput(session, {
      what: 'playbook',
      path: file,
      text: renderPlaybook(advice.playbook, commentOn(advice)),
    });
  }
  session.show({ schema: 'firedoor/advice/v1', offline, ...advice }, () =>
    [...renderAdvice(advice, session.context.stdout), '', nextLine(advice, file)].join('\n'),
  );
  return advice.kind === 'no-cut' ? exitCodes.refused : exitCodes.done;
}

/** What the file says of itself. Names hold nothing that could end a comment. */
function commentOn({
  compromised,
  suspected,
  cut,
  isExact,
}: Extract<Advice, { readonly kind: 'cut' }>): readonly string[] {
  const suspects = suspected.length === 0 ? '' : `, ${listWords(suspected)} suspected`;
  const best = isExact ? 'no cut loses less' : 'the best that was found';
  return [
    `The cut of least loss: ${listWords(compromised)} compromised${suspects}.`,
    `It loses ${cut.loss} of ${cut.lossAtMost}: ${best}. Written by firedoor advise; change what you know better.`,
  ];
}

function nextLine(advice: Advice, file: string | undefined): string {
  const held = [...advice.compromised, ...advice.suspected].join(',');
  if (advice.kind !== 'cut') return `Nothing was written. Next: firedoor radius --from ${held}`;
  if (file === undefined) return 'It plans clean. Next: the same with -o advice.yaml, to write the playbook.';
  const path = escapeControls(file);
  return `Written to ${path}; it plans clean. Next: firedoor plan ${path} -o plan.json`;
}
