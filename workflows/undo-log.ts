import type { ActionName } from '../model/actions/names.ts';
import type { Capture } from '../model/step.ts';

/**
 * What has to be given back, newest last. A capture is registered before its target is changed: a step that timed out
 * may have happened (docs/decisions/0006).
 */
export class UndoLog {
  readonly #captures: Capture[] = [];

  /** Adds captures; the first of a target and stage stays, so that a second look never takes contained for original. */
  register(captures: readonly Capture[]): void {
    for (const capture of captures) {
      if (!this.find(capture.stage, capture.target)) this.#captures.push(capture);
    }
  }

  /** Captures of one action, oldest first. */
  by(action: ActionName): readonly Capture[] {
    return this.#captures.filter((one) => one.action === action);
  }

  find(stage: string, target: string): Capture | undefined {
    return this.#captures.find((one) => one.stage === stage && one.target === target);
  }

  /** Forgets captures of targets that another incident gives back. */
  forget({ action, targets }: { readonly action: ActionName; readonly targets: readonly string[] }): void {
    const left = this.#captures.filter((one) => one.action !== action || !targets.includes(one.target));
    this.#captures.splice(0, this.#captures.length, ...left);
  }

  snapshot(): readonly Capture[] {
    return [...this.#captures];
  }

  restore(captures: readonly Capture[]): void {
    this.#captures.push(...captures);
  }

  /** Captures of the targets, newest first. */
  of(targets: readonly string[]): readonly Capture[] {
    return this.#captures.filter((one) => targets.includes(one.target)).toReversed();
  }
}
