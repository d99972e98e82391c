import type { IAMClient } from '@aws-sdk/client-iam';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../model/failure-type.ts';
import { principalParts } from '../../model/names.ts';
import type { Target } from '../../model/plan.ts';
import type { Capture, StepInput, TargetOutcome } from '../../model/step.ts';
import { originOf } from '../../model/step.ts';
import { classify, errorName } from '../aws/errors.ts';
import type { ActivityDeps } from '../deps.ts';

/** One principal within one step, and what it takes to work on it. */
export interface PrincipalScope {
  readonly deps: ActivityDeps;
  readonly iam: IAMClient;
  /** The incident whose name is in our policies on it. */
  readonly incident: string;
  /** The principal's id. */
  readonly target: string;
  readonly kind: 'user' | 'role';
  /** Its name in IAM. */
  readonly name: string;
}

/** Makes the scope of a principal in an account of the estate. The marks are those of its capture's origin, where it has one. */
export function scopeOf(
  deps: ActivityDeps,
  input: { readonly account: string; readonly warrant: { readonly incident: string } },
  of: string | Capture,
): PrincipalScope {
  const target = typeof of === 'string' ? of : of.target;
  const incident = typeof of === 'string' ? input.warrant.incident : originOf(of);
  const { kind, name } = principalParts(target);
  return { deps, iam: deps.aws(input.account).iam, incident, target, kind, name };
}

/** The target as it was signed for, in the account of the step. */
export function plannedTarget<Kind extends Target['kind']>(
  { chunk, account }: StepInput,
  kind: Kind,
  id: string,
): Extract<Target, { kind: Kind }> | undefined {
  const isIt = (one: Target): one is Extract<Target, { kind: Kind }> =>
    one.kind === kind && one.id === id && one.account === account;
  return chunk.targets.find(isIt);
}

/** True when IAM refuses a policy or a key for lack of room: not a matter of permission, so other means are still tried. */
export function isOutOfRoom(error: unknown): boolean {
  return classify(error) === 'refused' && errorName(error).startsWith('LimitExceeded');
}

/** The failure of a change that a read does not show yet; Temporal tries again. */
export function notVerifiedYet(target: string, what: string): ApplicationFailure {
  return ApplicationFailure.create({ type: failureTypes.notVerifiedYet, message: `at ${target}: ${what}` });
}

/** An outcome with its findings as one line, or without a detail when there are none. */
export function outcomeOf(
  target: string,
  status: TargetOutcome['status'],
  findings: readonly string[] = [],
): TargetOutcome {
  return { target, status, ...(findings.length === 0 ? {} : { detail: findings.join('; ') }) };
}

/** The capture of a target by an action, if there is one. */
export function captureOf(captures: readonly Capture[], target: string): Capture | undefined {
  return captures.find((capture) => capture.target === target);
}
