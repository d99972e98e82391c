import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import type { StepResult, TargetOutcome } from '../model/step.ts';
import { asFailure, classify, errorName } from './aws/errors.ts';

/** A stop reaches an activity by the answer to its next heartbeat: beats go on while a target is being done. */
const beatEveryMs = 250;

function previousOutcomes(): readonly TargetOutcome[] {
  const details: unknown = activityInfo().heartbeatDetails;
  return Array.isArray(details) ? (details as readonly TargetOutcome[]) : [];
}

/**
 * Goes through targets one after another: heartbeats what is done, goes on from there after a crash, and stops between
 * two targets when the incident holds. An error of one target is that target's outcome; what can be retried fails the
 * attempt, so that Temporal retries the rest; a refusal by AWS stops the step, and people decide.
 *
 * @param one does one target and says how it came out; looks before it acts, since it may run again
 */
export async function forEachTarget(
  targets: readonly string[],
  one: (target: string) => Promise<TargetOutcome>,
): Promise<StepResult> {
  const outcomes = previousOutcomes().filter((outcome) => targets.includes(outcome.target));
  const finished: TargetOutcome[] = [...outcomes];
  const rest = targets.filter((target) => !finished.some((outcome) => outcome.target === target));
  const beat = setInterval(() => heartbeat(finished), beatEveryMs);
  try {
    for (const [index, target] of rest.entries()) {
      heartbeat(finished);
      if (Context.current().cancellationSignal.aborted) return stopped(finished, rest.slice(index), 'cancelled');
      const outcome = await attempt(target, one);
      finished.push(outcome);
      if (outcome.status === 'refused') return stopped(finished, rest.slice(index + 1), 'refused');
    }
    heartbeat(finished);
    return { outcomes: finished };
  } finally {
    clearInterval(beat);
  }
}

function stopped(
  finished: readonly TargetOutcome[],
  rest: readonly string[],
  why: 'cancelled' | 'refused',
): StepResult {
  const unreached = rest.map((target): TargetOutcome => ({ target, status: 'not-reached' }));
  return { outcomes: [...finished, ...unreached], stopped: why };
}

async function attempt(target: string, one: (target: string) => Promise<TargetOutcome>): Promise<TargetOutcome> {
  try {
    return await one(target);
  } catch (error) {
    if (error instanceof TemporalFailure) throw error;
    switch (classify(error)) {
      case 'gone':
        return { target, status: 'gone', detail: errorName(error) };
      case 'refused':
        return { target, status: 'refused', detail: errorName(error) };
      case 'retry':
      case 'maybe-done':
        throw asFailure(error, `at ${target}`);
      case 'already-done':
      case 'unknown':
        return { target, status: 'failed', detail: errorName(error) };
    }
  }
}
