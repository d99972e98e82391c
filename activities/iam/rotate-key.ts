import type { PrincipalTarget } from '../../model/plan.ts';
import type { ActionActivities, ApplyInput, StepResult, TargetOutcome } from '../../model/step.ts';
import { forEachTarget } from '../batch.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireWarrantToContain, requireWarrantToRelease } from '../proof/warrant.ts';
import { readCurrentSecret } from '../secrets/secret-store.ts';
import type { Found } from './capture-each.ts';
import { captureEach } from './capture-each.ts';
import { captureOf, outcomeOf, scopeOf } from './principal.ts';
import { waitOutPropagation } from './propagation.ts';
import { readKeys } from './reads.ts';
import type { RotationScope, RotationState } from './rotation.ts';
import { ourKeyIn, rotate, rotationState, verifyRotation } from './rotation.ts';

type Scoped = Parameters<typeof scopeOf>[1];

function rotationScope(deps: ActivityDeps, input: Scoped, target: string): RotationScope {
  return { ...scopeOf(deps, input, target), secrets: deps.aws(input.account).secrets };
}

/** The keys to replace. One that this incident has already put into the secret is the replacement, not one of them. */
async function find(scope: RotationScope, { id, secret }: PrincipalTarget): Promise<Found> {
  const failed = (words: string): Found => ({ left: outcomeOf(id, 'failed', [words]) });
  if (scope.kind === 'role') return failed('a role has no access keys');
  if (secret === undefined) return failed('the estate names no secret for its key: add `secret` to the principal');
  const keys = await readKeys(scope.iam, scope.name);
  const current = await readCurrentSecret(scope.secrets, secret);
  if (!current) return failed(`the secret ${secret} does not exist or is empty: make it, then resume`);
  const ours = ourKeyIn(scope, current);
  const state: RotationState = { keys: keys.filter((key) => key.id !== ours), secret, version: current.version };
  return { state };
}

type Work = (scope: RotationScope, captured: RotationState) => Promise<TargetOutcome>;

async function withCaptures(deps: ActivityDeps, input: ApplyInput, work: Work): Promise<StepResult> {
  return await forEachTarget(input.targets, async (target) => {
    const capture = captureOf(input.captures, target);
    if (!capture) return outcomeOf(target, 'failed', ['it was not captured, so nothing was changed']);
    return await work(rotationScope(deps, input, target), rotationState.parse(capture.state));
  });
}

/**
 * `aws.iam.rotateKey`. A new key goes from IAM into Secrets Manager within one call of `apply`, and its secret is in no
 * result, heartbeat, log or error; then the captured keys are made inactive. It is kept: giving back changes nothing,
 * and `aws.iam.contain` leaves a rotated key inactive. Every one of the four checks the warrant first.
 */
export function rotateKeyActivities(deps: ActivityDeps): ActionActivities {
  return {
    capture: async (input) => {
      await requireWarrantToContain(input, deps);
      return await captureEach(deps, input, {
        kind: 'principal',
        find: async (target) => await find(rotationScope(deps, input, target.id), target),
      });
    },
    apply: async (input) => {
      await requireWarrantToContain(input, deps);
      return await withCaptures(deps, input, rotate);
    },
    verify: async (input) => {
      await requireWarrantToContain(input, deps);
      await waitOutPropagation(deps);
      return await withCaptures(deps, input, verifyRotation);
    },
    undo: async (input) => {
      await requireWarrantToRelease(input, deps);
      return { outcomes: input.captures.map(({ target }) => outcomeOf(target, 'done', ['the new key is kept'])) };
    },
  };
}
