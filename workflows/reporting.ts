import { defineSignal, getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import type { TargetOutcome } from '../model/step.ts';
import { failureWords } from './failure.ts';

/** How a child of an incident ended: with an outcome for each target, or with a failure in one line. */
export type ChildReport =
  | { readonly child: string; readonly outcomes: readonly TargetOutcome[] }
  | { readonly child: string; readonly failure: string };

/** A child tells its incident how it ended: whichever run of the incident is the current one. */
export const endedSignal = defineSignal<[ChildReport]>('ended');

/** Asks a child whether it is there. It takes it and does nothing; a child that is gone can't be signalled. */
export const askSignal = defineSignal('ask');

/**
 * Does a child's work and reports its end to the incident by workflow id, since the run that started it may have continued
 * as new by then. Where the incident is gone nobody needs to know.
 */
export async function reporting<Result extends { readonly outcomes: readonly TargetOutcome[] }>(
  work: () => Promise<Result>,
): Promise<Result> {
  const child = workflowInfo().workflowId;
  setHandler(askSignal, () => undefined, { description: 'Asks whether this child is there. Changes nothing.' });
  try {
    const result = await work();
    await report({ child, outcomes: result.outcomes });
    return result;
  } catch (error) {
    await report({ child, failure: failureWords(error) });
    throw error;
  }
}

async function report(ended: ChildReport): Promise<void> {
  const parent = workflowInfo().parent;
  if (!parent) return;
  await getExternalWorkflowHandle(parent.workflowId)
    .signal(endedSignal, ended)
    .catch(() => undefined);
}
