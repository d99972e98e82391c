import type { Contained, Standing } from '../model/continuity.ts';
import type { Target } from '../model/plan.ts';
import type { Context } from './context.ts';
import type { CourseMoment } from './continuity.ts';
import { noClocks } from './continuity.ts';
import type { Choice, DraftStage } from './draft-stage.ts';
import type { Weighing } from './guard.ts';
import { containedTogether } from './contained.ts';
import { weighCourse } from './guard.ts';
import { draftStages } from './narrow.ts';
import { sortedTexts } from './order.ts';
import type { DraftTier } from './restore.ts';
import { restoreTiers } from './restore.ts';
import { containedBy } from './targets.ts';

/** How services stand after one wave. */
export interface Moment {
  readonly stage: DraftStage;
  /** Counts from 1. */
  readonly wave: number;
  /** `C` with the wave. */
  readonly contained: Contained;
  /** What the wave itself adds. */
  readonly added: Contained;
  readonly standings: readonly Standing[];
  /** How services fare from then until everything is due back. */
  readonly course: readonly CourseMoment[];
  /** Protected services the wave takes below a floor, now or by the end of the look-ahead. */
  readonly breached: readonly string[];
}

/** A plan before it is sealed: no digests yet, floors weighed, nothing refused yet. */
export interface Draft {
  readonly choice: Choice;
  readonly stages: readonly DraftStage[];
  readonly tiers: readonly DraftTier[];
  /** How services stand before anything is done. */
  readonly before: readonly Standing[];
  readonly moments: readonly Moment[];
}

/**
 * When everything contained is due back, by id, counted from the start; the plan is weighed as if it all ran at once then. A
 * host that does not run is never due: giving it back leaves it as it was.
 */
export function dueTimes(tiers: readonly DraftTier[], { hosts }: Contained): ReadonlyMap<string, number> {
  const due = tiers.flatMap(({ targets, releaseByMs }) => targets.map(({ id }) => [id, releaseByMs] as const));
  return new Map(due.filter(([id]) => !hosts.has(id)));
}

/** `C` without what was started: fallbacks that run before the cut count. The guard looks again when it comes to it. */
function without({ hosts, principals }: Contained, started: readonly Target[]): Contained {
  const running = new Set(started.map(({ id }) => id));
  return { hosts: new Set([...hosts].filter((id) => !running.has(id))), principals };
}

function momentsOf(
  stages: readonly DraftStage[],
  dueMs: ReadonlyMap<string, number>,
  { continuity, baseline }: Context,
): readonly Moment[] {
  const times = { nowMs: 0, clocks: noClocks, dueMs };
  const moments: Moment[] = [];
  let contained = baseline;
  let last: Weighing | undefined;
  for (const stage of stages) {
    for (const [index, wave] of stage.waves.entries()) {
      const added = containedBy(stage.action, wave.items);
      const weighing = weighCourse(continuity, { contained, wave: added, failing: [], times }, last);
      // What was started leaves `C`, so the next wave does not follow this weighing.
      last = stage.action.starts ? undefined : weighing;
      contained = stage.action.starts ? without(contained, wave.items) : containedTogether(contained, added);
      const { verdict, course } = weighing;
      const { standings, breached } = verdict;
      moments.push({ stage, wave: index + 1, contained, added, standings, course, breached });
    }
  }
  return moments;
}

/** Distinct targets of stages that are taken back exactly; as the first such stage found them. */
function releasable(stages: readonly DraftStage[]): readonly Target[] {
  const found = new Map<string, Target>();
  for (const { action, targets } of stages) {
    if (action.undo !== 'exact') continue;
    for (const { target } of targets.values()) if (!found.has(target.id)) found.set(target.id, target);
  }
  return [...found.values()];
}

/** Drafts a plan, some of it left out or narrowed: targets, waves, and how every service stands after each wave. */
export function draftPlan(context: Context, { except, narrow }: Choice): Draft {
  const choice = { except: sortedTexts(except), narrow: sortedTexts(narrow) };
  const stages = context.playbook.stages.flatMap((stage, index) => draftStages(stage, index, { context, choice }));
  const tiers = restoreTiers(releasable(stages), context);
  return {
    choice,
    stages,
    tiers,
    before: context.continuity.standings({ contained: context.baseline, failing: [] }),
    moments: momentsOf(stages, dueTimes(tiers, context.baseline), context),
  };
}
