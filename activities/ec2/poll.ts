import { setTimeout as delay } from 'node:timers/promises';
import { Context, heartbeat, sleep } from '@temporalio/activity';
import { CancelledFailure } from '@temporalio/common';
import type { StepResult, TargetOutcome } from '../../model/step.ts';
import { reading } from '../live/instances.ts';

/** What one look says of one target: how it came out, or what it waits for, in words. */
export type Look = { readonly settled: TargetOutcome } | { readonly waits: string };

/** Pauses between looks when an effect is there at once or after seconds (consistency of reads). */
export const shortPausesMs: readonly number[] = [250, 500, 1_000, 2_000];

/** Pauses while an instance changes state: 10 minutes in steps well below the heartbeat timeout. */
export const longPausesMs: readonly number[] = [250, 500, 1_000, 2_000, ...Array.from({ length: 120 }, () => 5_000)];

/** Waits a moment that must not be cut short: a target is never left halfway because the incident holds. */
export async function pause(milliseconds: number): Promise<void> {
  await delay(milliseconds);
}

/** How to look and how long. */
export interface Poll {
  readonly pausesMs: readonly number[];
  /** Looks at all pending targets in one batch of reads. */
  readonly look: (pending: readonly string[]) => Promise<ReadonlyMap<string, Look>>;
}

/**
 * Looks at targets until each is settled; those that never are come out `failed`, with what the last read showed.
 * Heartbeats at every look; when cancelled, the rest is `not-reached`.
 */
export async function pollTargets(targets: readonly string[], poll: Poll): Promise<StepResult> {
  const settled = new Map<string, TargetOutcome>();
  let waiting = await lookOnce(targets, poll, settled);
  for (const pauseMs of poll.pausesMs) {
    if (waiting.size === 0) break;
    if (!(await paused(pauseMs))) return cancelled(targets, settled);
    waiting = await lookOnce([...waiting.keys()], poll, settled);
  }
  for (const [target, detail] of waiting) settled.set(target, { target, status: 'failed', detail });
  return { outcomes: targets.flatMap((target) => settled.get(target) ?? []) };
}

/** Looks at the targets, adds those that are settled, and gives the others with what they wait for. */
async function lookOnce(
  targets: readonly string[],
  poll: Poll,
  settled: Map<string, TargetOutcome>,
): Promise<ReadonlyMap<string, string>> {
  heartbeat();
  const looks = await reading('back what was done', async () => await poll.look(targets));
  const waiting = new Map<string, string>();
  for (const target of targets) {
    const look = looks.get(target) ?? { waits: 'no read shows it' };
    if ('settled' in look) settled.set(target, look.settled);
    else waiting.set(target, look.waits);
  }
  return waiting;
}

async function paused(milliseconds: number): Promise<boolean> {
  if (Context.current().cancellationSignal.aborted) return false;
  try {
    await sleep(milliseconds);
    return true;
  } catch (error) {
    if (error instanceof CancelledFailure) return false;
    throw error;
  }
}

function cancelled(targets: readonly string[], settled: ReadonlyMap<string, TargetOutcome>): StepResult {
  return {
    outcomes: targets.map((target) => settled.get(target) ?? { target, status: 'not-reached' }),
    stopped: 'cancelled',
  };
}

/** A step's result with what reads then showed of some of its targets. */
export function withReads(result: StepResult, read: StepResult): StepResult {
  const shown = new Map(read.outcomes.map((outcome) => [outcome.target, outcome]));
  const stopped = result.stopped ?? read.stopped;
  const outcomes = result.outcomes.map((outcome) => shown.get(outcome.target) ?? outcome);
  return stopped === undefined ? { outcomes } : { outcomes, stopped };
}
