import { codes } from '../../model/codes.ts';
import type { IncidentStatus, Rejection } from '../../model/incident.ts';
import type { Server } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure, numberedFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import type { Session } from '../session.ts';
import { readStatus } from './reach.ts';

const lookEveryMs = 500;
/** A worker that listens answers within a second or two. */
const firstAnswerWithinMs = 10_000;
/** Live reads of a large estate take a minute; more means that something is wrong. */
const plannedWithinMs = 10 * 60_000;

/**
 * Waits until the workers have planned again and judged the start.
 *
 * @returns the first status after planning, a rejection included
 * @throws CliFailure FD-502 where no worker answers
 */
export async function settled(session: Session, server: Server, incident: string): Promise<IncidentStatus> {
  const { context } = session;
  const sinceMs = context.now().getTime();
  let waitedMs = 0;
  let hasAnswered = false;
  while (waitedMs < plannedWithinMs) {
    const status = await readStatus(server, incident, 5_000).catch((error: unknown) => {
      if (error instanceof CliFailure && error.code === 'FD-502') return undefined;
      throw error;
    });
    if (status !== undefined && status.phase !== 'planning') return status;
    if (status !== undefined && !hasAnswered) session.note('A worker plans again, from the facts of now …');
    hasAnswered ||= status !== undefined;
    if (!hasAnswered && waitedMs >= firstAnswerWithinMs) break;
    await context.sleep(lookEveryMs);
    waitedMs = Math.max(waitedMs + lookEveryMs, context.now().getTime() - sinceMs);
  }
  if (hasAnswered) throw new CliFailure(`${incident} is still being planned. Next: firedoor status ${incident}`);
  throw numberedFailure('FD-502', `${incident} is recorded and begins as soon as a worker listens.`);
}

/**
 * What a start that came to nothing ends with: stale is exit 7, refused 6, denied 4.
 *
 * @param refusals as text, already safe to print
 */
export function rejectionFailure(incident: string, rejection: Rejection, refusals: string): CliFailure {
  switch (rejection.kind) {
    case 'stale':
      return new CliFailure(
        [
          `${incident} was not started. What is different now:`,
          ...rejection.differences.map((line) => `  ${escapeControls(line)}`),
          `${codes['FD-209'].meaning} ${codes['FD-209'].remedy}`,
        ].join('\n'),
        { code: 'FD-209', exitCode: exitCodes.stale },
      );
    case 'refused':
      return new CliFailure(`${refusals}\n\n${incident} was not started. Plan again, then start with the new plan.`, {
        exitCode: exitCodes.refused,
      });
    case 'denied':
      return numberedFailure(
        'FD-301',
        escapeControls(`${incident} was not started: ${rejection.detail ?? 'the start was denied'}.`),
        { exitCode: exitCodes.notAuthorised },
      );
  }
}
