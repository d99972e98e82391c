import {
  CancellationScope,
  defineSignal,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { actions } from '../model/actions/index.ts';
import type { ContainChunk } from '../model/plan.ts';
import type {
  ActionActivities,
  ApplyInput,
  Capture,
  StepInput,
  StepResult,
  TargetOutcome,
  Warrant,
} from '../model/step.ts';
import { actionOn } from './activities.ts';
import { reporting } from './reporting.ts';

/** Asks a wave to stop between two targets; it answers with what was done. */
export const stopSignal = defineSignal('stop');

/** A wave tells its incident what it captured, before it changes anything. */
export const capturedSignal = defineSignal<[readonly Capture[]]>('captured');

export interface WaveInput {
  readonly warrant: Warrant;
  readonly chunk: ContainChunk;
  /** Ids still to do. */
  readonly targets: readonly string[];
  /** Captures of earlier attempts at this wave. */
  readonly captures: readonly Capture[];
  /** Captures of other incidents that hold some of the targets. */
  readonly adoptable: readonly Capture[];
}

export interface WaveResult {
  readonly outcomes: readonly TargetOutcome[];
  readonly stopped?: 'cancelled' | 'refused';
}

/** One wave: its accounts at once, each captured, registered for undo, applied and verified. Reports its end to its incident. */
export async function wave(input: WaveInput): Promise<WaveResult> {
  const work = new CancellationScope();
  setHandler(stopSignal, () => work.cancel(), { description: 'Stops this wave between two targets.' });
  const accounts = [...new Set(input.chunk.targets.map((target) => target.account))].toSorted();
  return await reporting(async () => {
    const parts = await Promise.all(accounts.map(async (account) => await runPart(input, account, work)));
    const stopped = parts.find((part) => part.stopped !== undefined)?.stopped;
    return { outcomes: parts.flatMap((part) => part.outcomes), ...(stopped === undefined ? {} : { stopped }) };
  });
}

async function runPart(input: WaveInput, account: string, work: CancellationScope): Promise<StepResult> {
  const inAccount = new Set(
    input.chunk.targets.filter((target) => target.account === account).map((target) => target.id),
  );
  const targets = input.targets.filter((target) => inAccount.has(target));
  if (targets.length === 0) return { outcomes: [] };
  const action = actions[input.chunk.action];
  const activities = actionOn(action.name, account, `${action.verb} ${targets.length} in ${account}`);
  const step: StepInput = { warrant: input.warrant, chunk: input.chunk, account, targets };

  const adoptable = input.adoptable.filter((capture) => targets.includes(capture.target));
  const captured = await captureMissing({ ...step, adoptable }, input.captures, activities);
  const changeable = targets.filter((target) => captured.captures.some((capture) => capture.target === target));
  if (changeable.length === 0) return { outcomes: captured.outcomes };
  const change: ApplyInput = { ...step, targets: changeable, captures: captured.captures };
  const applied = await interruptible(work, changeable, async () => await activities.apply(change));
  const done = applied.outcomes.filter((outcome) => outcome.status === 'done').map((outcome) => outcome.target);
  const verified = done.length === 0 ? { outcomes: [] } : await activities.verify({ ...change, targets: done });
  const undone = applied.outcomes.filter((outcome) => outcome.status !== 'done');
  return {
    outcomes: [...captured.outcomes, ...verified.outcomes, ...undone],
    ...(applied.stopped === undefined ? {} : { stopped: applied.stopped }),
  };
}

/** Captures what no earlier attempt captured, and registers it with the incident before anything changes. */
async function captureMissing(
  step: StepInput,
  known: readonly Capture[],
  activities: ActionActivities,
): Promise<{ captures: readonly Capture[]; outcomes: readonly TargetOutcome[] }> {
  const kept = known.filter((capture) => step.targets.includes(capture.target));
  const missing = step.targets.filter((target) => !kept.some((capture) => capture.target === target));
  if (missing.length === 0) return { captures: kept, outcomes: [] };
  const read = await activities.capture({ ...step, targets: missing });
  const parent = workflowInfo().parent;
  if (parent) await getExternalWorkflowHandle(parent.workflowId).signal(capturedSignal, read.captures);
  return { captures: [...kept, ...read.captures], outcomes: read.outcomes };
}

/** Runs a step that a stop may interrupt. One that never started, or whose attempt was lost, leaves its targets not reached. */
async function interruptible(
  work: CancellationScope,
  targets: readonly string[],
  act: () => Promise<StepResult>,
): Promise<StepResult> {
  try {
    return await work.run(act);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return { outcomes: targets.map((target) => ({ target, status: 'not-reached' })), stopped: 'cancelled' };
  }
}
