import { actions } from '../model/actions/index.ts';
import type { ReleaseChunk } from '../model/plan.ts';
import type { Capture, TargetOutcome, Warrant } from '../model/step.ts';
import { actionOn } from './activities.ts';
import { reporting } from './reporting.ts';

export interface GiveBackInput {
  readonly warrant: Warrant;
  readonly chunk: ReleaseChunk;
  /** Ids still to give back, in the chunk's order. */
  readonly targets: readonly string[];
  /** All captures of these targets, newest first. */
  readonly captures: readonly Capture[];
}

export interface GiveBackResult {
  readonly outcomes: readonly TargetOutcome[];
}

/**
 * One wave of a release: what was done last is undone first, stage by stage. A target whose undo does not come out is not
 * undone further. What is kept on purpose (evidence, new keys) is asked whether it is whole.
 */
export async function giveBack(input: GiveBackInput): Promise<GiveBackResult> {
  return await reporting(async () => await undoAll(input));
}

async function undoAll(input: GiveBackInput): Promise<GiveBackResult> {
  const outcomes = new Map<string, TargetOutcome>();
  const stages = [...new Set(input.captures.map((capture) => capture.stage))];
  for (const stage of stages) {
    const due = input.captures.filter((capture) => capture.stage === stage && isOn(outcomes.get(capture.target)));
    for (const outcome of await undoStage(due, input)) outcomes.set(outcome.target, outcome);
  }
  return { outcomes: input.targets.map((target) => outcomes.get(target) ?? { target, status: 'done' }) };
}

function isOn(outcome: TargetOutcome | undefined): boolean {
  return outcome === undefined || outcome.status === 'done';
}

async function undoStage(due: readonly Capture[], input: GiveBackInput): Promise<readonly TargetOutcome[]> {
  const accounts = [...new Set(due.map((capture) => capture.account))].toSorted();
  const parts = await Promise.all(
    accounts.map(async (account) => {
      const captures = due.filter((capture) => capture.account === account);
      const [first] = captures;
      if (!first) return [];
      const undo = actionOn(
        first.action,
        account,
        `give back ${captures.length} ${actions[first.action].done} in ${account}`,
      ).undo;
      const ids = captures.map((capture) => capture.target);
      const others = input.captures.filter((capture) => capture.stage !== first.stage && ids.includes(capture.target));
      const result = await undo({
        warrant: input.warrant,
        chunk: input.chunk,
        account,
        action: first.action,
        captures,
        others,
      });
      return result.outcomes;
    }),
  );
  return parts.flat();
}
