import type { EC2Client, Instance } from '@aws-sdk/client-ec2';
import { activityInfo, Context, heartbeat } from '@temporalio/activity';
import type { LiveInstance } from '../../model/live.ts';
import type { StepResult, TargetOutcome } from '../../model/step.ts';
import { asFailure, classify, errorName } from '../aws/errors.ts';
import { inBatches, instancesById, isGone, reading, stateOf } from '../live/instances.ts';
import { goneOutcome } from './capture.ts';
import type { Look } from './poll.ts';
import { longPausesMs, pollTargets } from './poll.ts';

/** A call that changes the power state of many instances at once, all or nothing. */
export interface PowerChange {
  readonly ec2: EC2Client;
  readonly call: (ids: readonly string[]) => Promise<void>;
  /** Says of one instance how it comes out without a call, or undefined when the call is for it. */
  readonly settle: (target: string, instance: Instance) => TargetOutcome | undefined;
}

/** Well below the 1,000 ids a call takes, so that a batch is short enough to hold between two of them. */
export const powerBatch = 500;

type Outcomes = Map<string, TargetOutcome>;

/** One unknown id fails a whole call and leaves the good ones untouched: halves it until the bad ones stand alone. */
async function bisect(change: PowerChange, ids: readonly string[], outcomes: Outcomes): Promise<void> {
  if (ids.length === 0) return;
  try {
    await change.call(ids);
    for (const target of ids) outcomes.set(target, { target, status: 'done' });
  } catch (error) {
    const kind = classify(error);
    if (kind === 'retry' || kind === 'maybe-done') throw asFailure(error, `at ${ids.length} instances`);
    if (kind === 'refused') return ids.forEach((target) => outcomes.set(target, refused(target, error)));
    if (ids.length === 1) return ids.forEach((target) => outcomes.set(target, single(target, error)));
    const half = Math.ceil(ids.length / 2);
    await bisect(change, ids.slice(0, half), outcomes);
    await bisect(change, ids.slice(half), outcomes);
  }
}

function refused(target: string, error: unknown): TargetOutcome {
  return { target, status: 'refused', detail: errorName(error) };
}

function single(target: string, error: unknown): TargetOutcome {
  return { target, status: classify(error) === 'gone' ? 'gone' : 'failed', detail: errorName(error) };
}

/** Looks at a batch before it acts: gone, already so, or for the call. */
async function sort(change: PowerChange, batch: readonly string[], outcomes: Outcomes): Promise<readonly string[]> {
  const instances = await reading('instances', async () => await instancesById(change.ec2, batch));
  return batch.filter((target) => {
    const instance = instances.get(target);
    const settled = !instance || isGone(instance) ? goneOutcome(target, instance) : change.settle(target, instance);
    if (settled) outcomes.set(target, settled);
    return settled === undefined;
  });
}

function outcomesBefore(targets: readonly string[]): readonly TargetOutcome[] {
  const details: unknown = activityInfo().heartbeatDetails;
  const outcomes = Array.isArray(details) ? (details as readonly TargetOutcome[]) : [];
  return outcomes.filter((outcome) => targets.includes(outcome.target));
}

function result(targets: readonly string[], outcomes: Outcomes, stopped?: StepResult['stopped']): StepResult {
  const all = targets.map((target): TargetOutcome => outcomes.get(target) ?? { target, status: 'not-reached' });
  return stopped === undefined ? { outcomes: all } : { outcomes: all, stopped };
}

/**
 * Changes the power state of targets in batches. Looks before it acts, stops between two batches when cancelled and after
 * one that AWS refused, heartbeats what is done, and gives one outcome for each target.
 */
export async function changePower(targets: readonly string[], change: PowerChange): Promise<StepResult> {
  const outcomes: Outcomes = new Map(outcomesBefore(targets).map((outcome) => [outcome.target, outcome]));
  const rest = targets.filter((target) => !outcomes.has(target));
  for (const batch of inBatches(rest, powerBatch)) {
    heartbeat([...outcomes.values()]);
    if (Context.current().cancellationSignal.aborted) return result(targets, outcomes, 'cancelled');
    await bisect(change, await sort(change, batch, outcomes), outcomes);
    if ([...outcomes.values()].some(({ status }) => status === 'refused')) return result(targets, outcomes, 'refused');
  }
  heartbeat([...outcomes.values()]);
  return result(targets, outcomes);
}

/** Waits until reads show each instance in one of the states. Those that are gone are settled too. */
export async function untilState(
  ec2: EC2Client,
  targets: readonly string[],
  wanted: readonly LiveInstance['state'][],
): Promise<StepResult> {
  const look = async (pending: readonly string[]): Promise<ReadonlyMap<string, Look>> => {
    const instances = await instancesById(ec2, pending);
    return new Map(pending.map((target) => [target, lookAt(target, instances.get(target), wanted)]));
  };
  return await pollTargets(targets, { pausesMs: longPausesMs, look });
}

function lookAt(target: string, instance: Instance | undefined, wanted: readonly LiveInstance['state'][]): Look {
  const state = stateOf(instance);
  if (wanted.includes(state)) return { settled: { target, status: 'done' } };
  if (isGone(instance)) return { settled: goneOutcome(target, instance) };
  return { waits: `a read shows it ${state}, not ${wanted.join(' or ')}` };
}
