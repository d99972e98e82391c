import type { StepResult } from '../../../model/step.ts';

/** How each target came out, by target. */
export function statuses(result: StepResult): Record<string, string> {
  return Object.fromEntries(result.outcomes.map(({ target, status }) => [target, status]));
}
