import { Context, heartbeat } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import type { Json } from '../../model/canonical.ts';
import { canonical } from '../../model/canonical.ts';
import type { Target } from '../../model/plan.ts';
import type { Capture, CaptureResult, StepInput, TargetOutcome } from '../../model/step.ts';
import { asFailure, classify, errorName } from '../aws/errors.ts';
import type { ActivityDeps } from '../deps.ts';
import { adopt, notAdopted } from '../proof/adopt.ts';
import { sealCapture, sha256 } from '../proof/seal.ts';
import { plannedTarget } from './principal.ts';

/** What a capture finds: a state to change and to give back, who contained it before, or a target that is left alone. */
export type Found =
  { readonly state: Json } | { readonly containedBy: readonly string[] } | { readonly left: TargetOutcome };

/** What a finding comes down to: a capture taken over, a state to seal, or a target that is left alone. */
type Taken = { readonly adopted: Capture } | { readonly state: Json } | { readonly left: TargetOutcome };

/** How targets of one kind are looked up in what was signed, and what is read of each. */
export interface Finding<Kind extends Target['kind']> {
  readonly kind: Kind;
  readonly find: (target: Extract<Target, { kind: Kind }>) => Promise<Found>;
}

/**
 * Reads targets one after another and seals what it finds. Reads change nothing, so a retry starts over; a refusal by
 * AWS and a cancellation leave the rest `not-reached`.
 */
export async function captureEach<Kind extends Target['kind']>(
  deps: ActivityDeps,
  input: StepInput,
  finding: Finding<Kind>,
): Promise<CaptureResult> {
  const captures: Capture[] = [];
  const outcomes: TargetOutcome[] = [];
  let isStopped = false;
  for (const id of input.targets) {
    heartbeat();
    isStopped ||= Context.current().cancellationSignal.aborted;
    const found: Found = isStopped ? left(id, 'not-reached') : await findOne(input, id, finding);
    const taken: Taken = 'containedBy' in found ? takeOver(deps, input, { id, by: found.containedBy }) : found;
    if ('adopted' in taken) captures.push(taken.adopted);
    else if ('state' in taken) captures.push(seal(deps, input, { target: id, state: taken.state }));
    else outcomes.push(taken.left);
    isStopped ||= 'left' in taken && taken.left.status === 'refused';
  }
  return { captures, outcomes };
}

/** The capture of one of the incidents whose marks a target bears, or why there is none. */
function takeOver(
  deps: ActivityDeps,
  input: StepInput,
  { id, by }: { readonly id: string; readonly by: readonly string[] },
): Taken {
  for (const origin of by) {
    const adopted = adopt(deps, input, { target: id, origin });
    if (adopted) return { adopted };
  }
  return left(id, 'changed', notAdopted(by.join(' and ')));
}

function left(target: string, status: TargetOutcome['status'], detail?: string): { readonly left: TargetOutcome } {
  return { left: { target, status, ...(detail === undefined ? {} : { detail }) } };
}

async function findOne<Kind extends Target['kind']>(
  input: StepInput,
  id: string,
  { kind: wanted, find }: Finding<Kind>,
): Promise<Found> {
  const target = plannedTarget(input, wanted, id);
  if (!target)
    return left(id, 'failed', `the plan does not know it as ${wanted === 'principal' ? 'a' : 'an'} ${wanted}`);
  try {
    return await find(target);
  } catch (error) {
    if (error instanceof TemporalFailure) throw error;
    const kind = classify(error);
    if (kind === 'retry' || kind === 'maybe-done') throw asFailure(error, `at ${id}`);
    return left(id, kind === 'gone' || kind === 'refused' ? kind : 'failed', errorName(error));
  }
}

function seal(deps: ActivityDeps, input: StepInput, found: { target: string; state: Json }): Capture {
  const { warrant, chunk, account } = input;
  return sealCapture(deps.workerKey, deps.namespace, {
    incident: warrant.incident,
    plan: sha256(canonical(warrant.header)),
    stage: chunk.stage,
    action: chunk.action,
    account,
    at: deps.now().toISOString(),
    ...found,
  });
}
