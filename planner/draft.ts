import type { Contained, Standing } from '../model/continuity.ts';
import type { Target } from '../model/plan.ts';
import type { Refusal } from '../model/refusal.ts';
import type { Waiver } from '../model/waiver.ts';
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
import { waiversFor } from './waivers.ts';

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
  /** Floors lowered for a time, counted from the start; in order, none twice. */
  readonly waivers: readonly Waiver[];
  /** What speaks against waivers that were asked for. */
  readonly unwaivable: readonly Refusal[];
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
  { stages, tiers, waivers }: Pick<Draft, 'stages' | 'tiers' | 'waivers'>,
  { continuity, baseline }: Context,
): readonly Moment[] {
  const times = { nowMs: 0, clocks: noClocks, dueMs: dueTimes(tiers, baseline), waivers };
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

/** Drafts a plan, some of it left out or narrowed: targets, waves, waivers, and how every service stands after each wave. */
export function draftPlan(context: Context, { except, narrow }: Choice): Draft {
  const choice = { except: sortedTexts(except), narrow: sortedTexts(narrow) };
  const stages = context.playbook.stages.flatMap((stage, index) => draftStages(stage, index, { context, choice }));
  const tiers = restoreTiers(releasable(stages), context);
  const before = context.continuity.standings({ contained: context.baseline, failing: [] });
  const moments = momentsOf({ stages, tiers, waivers: [] }, context);
  return waivedDraft({ choice, stages, tiers, before, moments, waivers: [], unwaivable: [] }, context);
}

/** A draft weighed again with the waivers asked for. */
function waivedDraft(draft: Draft, context: Context): Draft {
  if (context.breakGlass.length === 0) return draft;
  const { stages, tiers, moments } = draft;
  // What is contained grows from wave to wave, but for waves that start something: it is most before those, and at the end.
  const most = moments.filter((_, index) => moments[index + 1]?.stage.action.starts ?? true);
  const dueMs = dueTimes(tiers, context.baseline);
  const worlds = most.map(({ contained }) => contained);
  const { waivers, problems } = waiversFor(context.breakGlass, { worlds, dueMs }, context);
  return { ...draft, waivers, unwaivable: problems, moments: momentsOf({ stages, tiers, waivers }, context) };
}
