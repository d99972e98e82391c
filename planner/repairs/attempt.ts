import type { Playbook } from '../../model/playbook.ts';
import type { PlaybookChange, Refusal } from '../../model/refusal.ts';
import type { Context } from '../context.ts';
import type { Choice } from '../draft-stage.ts';
import type { Draft } from '../draft.ts';
import { draftPlan } from '../draft.ts';
import { orderPlaybook } from '../order.ts';
import { resolveParameters } from '../parameters.ts';
import { problemsWith } from '../refusals.ts';
import { mend, mendable } from './mend.ts';

/** A change of the playbook, in words and as lines. */
export interface Mend {
  readonly kind: 'leave-out-stage' | 'reorder' | 'split' | 'more-people';
  readonly words: string;
  readonly changes: readonly PlaybookChange[];
  readonly playbook: Playbook;
}

/** A plan that nothing speaks against: its draft, what it was drafted from, and how the playbook had to be mended. */
export interface CleanAttempt {
  readonly draft: Draft;
  readonly context: Context;
  readonly mends: readonly Mend[];
}

/** A mend may bring up what another kind of mend is for: a stage less, and a tier that is not needed any more. */
const mostMends = 4;

/** The same context with another playbook. Everything else in it follows from the estate and the live reads alone. */
export function withPlaybook(context: Context, playbook: Playbook): Context {
  const ordered = orderPlaybook(playbook);
  return {
    ...context,
    playbook: ordered,
    parameters: resolveParameters({ playbook: ordered, parameters: context.parameters }),
  };
}

/** True where each of these can be mended in the playbook, whoever is attacked. */
export function canMend(problems: readonly Refusal[]): boolean {
  return problems.every(({ code }) => mendable.has(code));
}

/** Plans again, and mends what can be mended in the playbook itself. Undefined where something else is left. */
export function attempt(context: Context, choice: Choice): CleanAttempt | undefined {
  let at = context;
  const mends: Mend[] = [];
  for (let round = 0; round <= mostMends; round += 1) {
    const draft = draftPlan(at, choice);
    const problems = problemsWith(draft, at);
    if (problems.length === 0) return { draft, context: at, mends };
    if (!canMend(problems)) return undefined;
    const mended = mend(draft, at, problems);
    if (!mended) return undefined;
    mends.push(mended);
    at = withPlaybook(at, mended.playbook);
  }
  return undefined;
}
