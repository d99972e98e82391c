import { loadPlanFile } from '../../documents/plan-file.ts';
import { canonical } from '../../model/canonical.ts';
import type { Plan, PlanFile, Since } from '../../model/plan.ts';
import { targetsSince } from '../../planner/since.ts';
import type { Context } from '../context.ts';
import { usageFailure } from '../failure.ts';
import { expectLoaded } from '../input.ts';
import { escapeControls } from '../render/escape.ts';

/** Where an earlier plan may be: named by `--since`, or at `-o`, about to be written over. */
export interface LastPlaces {
  readonly since: string | undefined;
  readonly output: string | undefined;
}

/** An earlier plan to compare with; `isNamed` where people asked for it. */
export interface LastPlan {
  readonly file: PlanFile;
  readonly isNamed: boolean;
}

/**
 * Reads the earlier plan, if there is one. What stands at `-o` and is no plan is nobody's earlier plan.
 *
 * @throws CliFailure usage, where the file of `--since` is no plan
 */
export async function readLastPlan({ files }: Context, places: LastPlaces): Promise<LastPlan | undefined> {
  if (places.since !== undefined) {
    return { file: expectLoaded(await loadPlanFile(places.since, files)).planFile, isNamed: true };
  }
  if (places.output === undefined) return undefined;
  const loaded = await loadPlanFile(places.output, files);
  return loaded.ok ? { file: loaded.planFile, isNamed: false } : undefined;
}

/** What was asked for: other questions have other targets, and that says nothing about the world. */
function askedFor({ header }: Plan): string {
  const { estate, playbook, parameters, except, narrow } = header;
  return canonical({ estate: estate.name, playbook: playbook.digest, parameters, except, narrow });
}

/**
 * What came or went since the earlier plan. Nothing where it asked for something else, unless people named it.
 *
 * @throws CliFailure usage, where people named a plan of another estate
 */
export function sinceLast(last: LastPlan | undefined, now: Plan): Since | undefined {
  if (!last) return undefined;
  const { plan, plannedAt } = last.file;
  const [before, after] = [plan.header.estate.name, now.header.estate.name];
  if (last.isNamed && before !== after) {
    throw usageFailure(escapeControls(`--since names a plan of the estate ${before}; this one is of ${after}.`));
  }
  if (!last.isNamed && askedFor(plan) !== askedFor(now)) return undefined;
  return { plan: plan.digest, plannedAt, ...targetsSince(plan, now) };
}
