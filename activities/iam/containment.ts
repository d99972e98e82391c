import { Context } from '@temporalio/activity';
import type { TargetOutcome } from '../../model/step.ts';
import type { PrincipalScope } from './principal.ts';
import { outcomeOf } from './principal.ts';
import { waitOutPropagation } from './propagation.ts';

/** Listings after which somebody who keeps changing a principal is reported, and no longer raced. */
const mostRounds = 5;

/** What one look at a principal had to change. */
export interface ContainedNow {
  /** What was found undone and was done, in words. Nothing: it was contained. */
  readonly changed: readonly string[];
  /** Why it cannot be contained whole, in words. */
  readonly incomplete?: string;
}

/**
 * Lists a principal again and again until a listing agrees with the one before: nothing new to contain. What is new is
 * contained, and waited out, before the next. Bounded; what was new is said.
 */
export async function containUntilSettled(
  scope: PrincipalScope,
  contain: () => Promise<ContainedNow>,
): Promise<TargetOutcome> {
  const findings: string[] = [];
  for (let round = 1; round <= mostRounds; round += 1) {
    const { changed, incomplete } = await contain();
    findings.push(...changed.map((what) => `${what} while verifying`));
    if (incomplete !== undefined) return outcomeOf(scope.target, 'failed', [incomplete, ...findings]);
    if (changed.length === 0) return outcomeOf(scope.target, 'done', findings);
    await waitOutPropagation(scope.deps);
    if (Context.current().cancellationSignal.aborted) return outcomeOf(scope.target, 'not-reached', findings);
  }
  return outcomeOf(scope.target, 'failed', [
    `somebody keeps changing it: ${mostRounds} listings, each with new`,
    ...findings,
  ]);
}
