import type { Plan } from '../model/plan.ts';
import type { Refusal } from '../model/refusal.ts';
import type { PlannerInputs } from './context.ts';
import { prepare } from './context.ts';
import { draftPlan } from './draft.ts';
import type { Hash } from './header.ts';
import { sealPlan } from './header.ts';
import { nameProblems } from './parameters.ts';
import { problemsWith } from './refusals.ts';
import { withRepairs } from './repairs/repairs.ts';

export type { PlannerInputs } from './context.ts';

/** A plan, or every reason why there is none. */
export type PlanAnswer =
  { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/**
 * Compiles a playbook against an estate and live reads into a plan, or refuses (DESIGN.md, *The plan*). Pure: same inputs,
 * same bytes, whatever the order of their lists. Names that mean nothing are refused alone; all other refusals together.
 *
 * @param inputs - estate, playbook, parameters, what to leave out, and the world as just read
 * @param hash - sha256 of a text's UTF-8 bytes, as `sha256:<hex>`
 */
export function compilePlan(inputs: PlannerInputs, hash: Hash): PlanAnswer {
  const unknown = nameProblems(inputs);
  if (unknown.length > 0) return { kind: 'refused', refusals: unknown };
  const context = prepare(inputs);
  const draft = draftPlan(context, inputs);
  const problems = problemsWith(draft, context);
  if (problems.length === 0) return { kind: 'plan', plan: sealPlan(draft, context, hash) };
  return { kind: 'refused', refusals: withRepairs(problems, draft, context) };
}
