import type { StepResult, UndoInput } from '../../model/step.ts';
import type { ActivityDeps } from '../deps.ts';
import { requireWarrantToRelease } from '../proof/warrant.ts';

/** The undo of an action whose result stays on purpose: calls nothing, and is done. */
export async function keepAll(deps: ActivityDeps, input: UndoInput, words: string): Promise<StepResult> {
  await requireWarrantToRelease(input, deps);
  return { outcomes: input.captures.map(({ target }) => ({ target, status: 'done', detail: words })) };
}
