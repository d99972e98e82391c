import type { ActionActivities, ApplyInput, Capture, StepInput, TargetOutcome, UndoInput } from '../../model/step.ts';
import type { PrincipalTarget } from '../../model/plan.ts';
import { forEachTarget } from '../batch.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireWarrantToContain, requireWarrantToRelease } from '../proof/warrant.ts';
import type { Found } from './capture-each.ts';
import { captureEach } from './capture-each.ts';
import type { ContainedNow } from './containment.ts';
import { containUntilSettled } from './containment.ts';
import type { PrincipalScope } from './principal.ts';
import { captureOf, outcomeOf, plannedTarget, scopeOf } from './principal.ts';
import { waitOutPropagation } from './propagation.ts';
import { roleState, userState } from './reads.ts';
import { captureRole, containRole, giveRoleBack, trustSincePlan } from './role.ts';
import { captureUser, containUser, giveUserBack, keysSinceCapture, sincePlan } from './user.ts';

async function find(scope: PrincipalScope, before: PrincipalTarget['before']): Promise<Found> {
  return scope.kind === 'user' ? await captureUser(scope, before) : await captureRole(scope, before);
}

async function contain(scope: PrincipalScope, capture: Capture): Promise<ContainedNow> {
  return scope.kind === 'user' ? await containUser(scope) : await containRole(scope, Date.parse(capture.at));
}

/** A target without a capture could not be given back, so it isn't touched. */
function withoutCapture(target: string): TargetOutcome {
  return outcomeOf(target, 'failed', ['it was not captured, so nothing was changed']);
}

function differencesFromPlan(input: StepInput, capture: Capture): readonly string[] {
  const before = plannedTarget(input, 'principal', capture.target)?.before;
  if (!before) return [];
  const user = userState.safeParse(capture.state);
  return user.success ? sincePlan(user.data, before) : trustSincePlan(roleState.parse(capture.state), before);
}

async function applyTo(deps: ActivityDeps, input: ApplyInput, target: string): Promise<TargetOutcome> {
  const capture = captureOf(input.captures, target);
  if (!capture) return withoutCapture(target);
  const { incomplete } = await contain(scopeOf(deps, input, capture), capture);
  const differences = differencesFromPlan(input, capture);
  return incomplete === undefined
    ? outcomeOf(target, 'done', differences)
    : outcomeOf(target, 'failed', [incomplete, ...differences]);
}

async function verify(deps: ActivityDeps, input: ApplyInput, target: string): Promise<TargetOutcome> {
  const capture = captureOf(input.captures, target);
  if (!capture) return withoutCapture(target);
  const scope = scopeOf(deps, input, capture);
  const { status, detail } = await containUntilSettled(scope, async () => await contain(scope, capture));
  const news = scope.kind === 'user' ? await keysSinceCapture(scope, userState.parse(capture.state)) : [];
  const findings = detail === undefined ? [] : [detail];
  return outcomeOf(target, status, [...differencesFromPlan(input, capture), ...findings, ...news]);
}

async function giveBack(deps: ActivityDeps, input: UndoInput, target: string): Promise<TargetOutcome> {
  const capture = captureOf(input.captures, target);
  if (!capture) return outcomeOf(target, 'failed', ['there is no capture to give it back from']);
  const scope = scopeOf(deps, input, capture);
  if (scope.kind === 'role') return await giveRoleBack(scope, roleState.parse(capture.state));
  const isRotated = input.others.some((other) => other.target === target && other.action === 'aws.iam.rotateKey');
  return await giveUserBack(scope, userState.parse(capture.state), isRotated);
}

/**
 * `aws.iam.contain`. A user gets one inline deny of everything, then its keys inactive; a role gets its trust policy
 * closed, then its older sessions denied. Verifying waits until IAM has spread the change, lists again, and contains what
 * came meanwhile, so it changes things too. Every one of the four checks the warrant first, the capture as well: a sealed
 * "before" may come only from a target that people signed for.
 */
export function containActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => {
      await requireWarrantToContain(input, deps);
      return await captureEach(deps, input, {
        kind: 'principal',
        find: async (target) => await find(scopeOf(deps, input, target.id), target.before),
      });
    },
    apply: async (input) => {
      await requireWarrantToContain(input, deps);
      return await forEachTarget(input.targets, async (target) => await applyTo(deps, input, target));
    },
    verify: async (input) => {
      await requireWarrantToContain(input, deps);
      await waitOutPropagation(deps);
      return await forEachTarget(input.targets, async (target) => await verify(deps, input, target));
    },
    undo: async (input) => {
      await requireWarrantToRelease(input, deps);
      const targets = input.captures.map((capture) => capture.target);
      return await forEachTarget(targets, async (target) => await giveBack(deps, input, target));
    },
  };
}
