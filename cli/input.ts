import type { Problem } from '../documents/problem.ts';
import { renderProblems } from '../documents/problem.ts';
import type { CliFailure } from './failure.ts';
import { usageFailure } from './failure.ts';

/** A document that holds together, or what is wrong with it: the answer of every loader. */
type Loaded<Good> = (Good & { readonly ok: true }) | { readonly ok: false; readonly problems: readonly Problem[] };

/** A failure for input files with problems: a line each, exit 2. */
export function invalidInput(problems: readonly Problem[]): CliFailure {
  return usageFailure(renderProblems(problems).join('\n'));
}

/** What a loader loaded. @throws CliFailure usage, with every problem */
export function expectLoaded<Good extends object>(loaded: Loaded<Good>): Good & { readonly ok: true } {
  if (loaded.ok) return loaded;
  throw invalidInput(loaded.problems);
}
