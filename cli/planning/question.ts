import type { Command } from 'commander';
import { z } from 'zod';
import type { Refusal } from '../../model/refusal.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { renderRefusals } from '../render/refusal.ts';
import type { Session } from '../session.ts';
import type { OfflineGround } from './offline.ts';
import { readGround } from './offline.ts';
import type { WorkerQuestion } from './online.ts';
import { askWorker } from './online.ts';

/** Options of every command that asks about the estate as it stands. */
export const questionInput = {
  offline: z.boolean().default(false),
  estate: z.string().optional(),
  live: z.string().optional(),
};
export interface QuestionInput {
  readonly offline: boolean;
  readonly estate?: string | undefined;
  readonly live?: string | undefined;
}

/** Adds the options of {@link questionInput}. */
export function questionOptions(command: Command): Command {
  return command
    .option('--offline', 'answer from files alone')
    .option('--estate <file>', 'with --offline: the estate')
    .option('--live <file>', 'with --offline: live reads as JSON; without, everything is taken to run');
}

/** One question, both ways: of a worker, or of files. */
export interface Question<Answer> extends WorkerQuestion {
  readonly offline: (ground: OfflineGround) => Answer;
}

/** Asks a worker, or answers from files. @throws CliFailure usage, where options or files have problems */
export async function answerQuestion<Answer>(
  session: Session,
  { offline, estate, live }: QuestionInput,
  question: Question<Answer>,
): Promise<Answer> {
  if (!offline) {
    if (estate !== undefined || live !== undefined) {
      throw usageFailure(
        '--estate and --live go with --offline: online, the workers hold the estate and read the world.',
      );
    }
    return await session.withServer(async (server) => await askWorker<Answer>(session.context, server, question));
  }
  if (estate === undefined) throw usageFailure('--offline takes --estate FILE, and --live FILE if you have one.');
  return question.offline(await readGround(session.context, { estate, live }));
}

/** Shows refusals, and lines that follow them. FD-102 alone is a matter of input; anything else is a rule of the estate. */
export function showRefusals(session: Session, refusals: readonly Refusal[], after: readonly string[] = []): ExitCode {
  session.show({ schema: 'firedoor/refusals/v1', refusals }, () =>
    [renderRefusals(refusals, session.context.stdout), ...(after.length > 0 ? ['', ...after] : [])].join('\n'),
  );
  return refusals.every(({ code }) => code === 'FD-102') ? exitCodes.usage : exitCodes.refused;
}
