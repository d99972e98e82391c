import { canonical } from '../../model/canonical.ts';
import type { Capture, StepInput } from '../../model/step.ts';
import { originOf } from '../../model/step.ts';
import { isOurCapture, sealCapture, sha256 } from './seal.ts';
import type { WarrantKeeper } from './warrant.ts';

/**
 * Takes over the capture of the incident that contained a target first, where a read has just shown its mark on the target:
 * the same "before", sealed anew for this incident, plan and stage, so that its own signed release can give it back. Only a
 * capture that bears the MAC of our workers, of the same action and account, is ever taken over (docs/decisions/0030).
 *
 * @param origin the incident whose mark the target bears
 * @returns undefined when no such capture was handed in
 */
export function adopt(
  keeper: Pick<WarrantKeeper, 'workerKey' | 'namespace'>,
  input: StepInput,
  { target, origin }: { readonly target: string; readonly origin: string },
): Capture | undefined {
  const { chunk, account, warrant } = input;
  const first = (input.adoptable ?? []).find(
    (capture) =>
      capture.target === target &&
      capture.action === chunk.action &&
      capture.account === account &&
      originOf(capture) === origin &&
      isOurCapture(keeper.workerKey, keeper.namespace, capture),
  );
  if (!first) return undefined;
  return sealCapture(keeper.workerKey, keeper.namespace, {
    incident: warrant.incident,
    plan: sha256(canonical(warrant.header)),
    stage: chunk.stage,
    action: chunk.action,
    target,
    account,
    // When the state was read, not when it was taken over.
    at: first.at,
    state: first.state,
    origin,
  });
}

/** Why a target that another incident contained is left alone, in words. */
export function notAdopted(origin: string): string {
  return `${origin} has contained it, and no capture of it that our workers vouch for was found: left to it`;
}
