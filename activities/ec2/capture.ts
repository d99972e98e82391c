import type { Instance } from '@aws-sdk/client-ec2';
import { heartbeat } from '@temporalio/activity';
import type { Json } from '../../model/canonical.ts';
import { canonical } from '../../model/canonical.ts';
import type { InstanceTarget } from '../../model/plan.ts';
import type { Capture, CaptureResult, StepInput, TargetOutcome } from '../../model/step.ts';
import type { ActivityDeps } from '../deps.ts';
import { instancesById, isGone, reading, stateOf } from '../live/instances.ts';
import { adopt, notAdopted } from '../proof/adopt.ts';
import { sealCapture, sha256 } from '../proof/seal.ts';
import { requireWarrantToContain } from '../proof/warrant.ts';

/** What an action makes of a host that is there: the state to give back, who contained it before, or why it isn't what was signed. */
export type Judged = { readonly state: Json } | { readonly containedBy: string } | { readonly changed: string };

/** Compares a host with what was signed. `instance` is the read of a moment ago. */
export type Judge = (target: InstanceTarget, instance: Instance) => Judged;

/**
 * Reads the hosts of a step in batches and captures those that are as signed; the others are `gone` or `changed`.
 * Reads only, and yet wants the warrant: a seal on what a forged chunk says was "before" would be worth something.
 *
 * @throws ApplicationFailure `AwsUnavailable` (retried) or `RefusedByAws`
 */
export async function captureHosts(deps: ActivityDeps, input: StepInput, judge: Judge): Promise<CaptureResult> {
  await requireWarrantToContain(input, deps);
  heartbeat();
  const { ec2 } = deps.aws(input.account);
  const instances = await reading('the hosts', async () => await instancesById(ec2, input.targets));
  const plan = sha256(canonical(input.warrant.header));
  const at = deps.now().toISOString();
  const captures: Capture[] = [];
  const outcomes: TargetOutcome[] = [];
  for (const target of input.targets) {
    const judged = judgeHost(deps, input, { id: target, instance: instances.get(target), judge });
    if ('status' in judged) outcomes.push(judged);
    else if ('mac' in judged) captures.push(judged);
    else captures.push(sealCapture(deps.workerKey, deps.namespace, { ...labels(input, target), plan, at, ...judged }));
  }
  return { captures, outcomes };
}

function labels(
  input: StepInput,
  target: string,
): Pick<Capture, 'incident' | 'stage' | 'action' | 'target' | 'account'> {
  const { chunk, warrant, account } = input;
  return { incident: warrant.incident, stage: chunk.stage, action: chunk.action, target, account };
}

interface Seen {
  readonly id: string;
  readonly instance: Instance | undefined;
  readonly judge: Judge;
}

function judgeHost(
  deps: ActivityDeps,
  input: StepInput,
  { id, instance, judge }: Seen,
): { readonly state: Json } | Capture | TargetOutcome {
  const target = signedTarget(input, id);
  if (!target) return { target: id, status: 'failed', detail: 'it is no host of the signed wave' };
  if (!instance || isGone(instance)) return goneOutcome(id, instance);
  const judged = judge(target, instance);
  if ('state' in judged) return judged;
  if ('changed' in judged) return { target: id, status: 'changed', detail: judged.changed };
  const { containedBy: origin } = judged;
  return adopt(deps, input, { target: id, origin }) ?? { target: id, status: 'changed', detail: notAdopted(origin) };
}

/** The outcome of a host that nothing can be done to any more. */
export function goneOutcome(target: string, instance: Instance | undefined): TargetOutcome {
  const detail = instance ? `it is ${stateOf(instance)}` : 'no such instance';
  return { target, status: 'gone', detail };
}

function signedTarget(input: StepInput, id: string): InstanceTarget | undefined {
  const found = input.chunk.targets.find((target) => target.id === id && target.account === input.account);
  return found?.kind === 'instance' ? found : undefined;
}

/** The capture of a target, or the outcome that says it has none: nothing is changed without one. */
export function captureOf(captures: readonly Capture[], target: string): Capture | TargetOutcome {
  const found = captures.find((capture) => capture.target === target);
  return found ?? { target, status: 'failed', detail: 'it was not captured, so nothing was changed' };
}
