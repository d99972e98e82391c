import type { ActionDefinition } from '../model/actions/definition.ts';
import { actions } from '../model/actions/index.ts';
import type { Contained, Standing } from '../model/continuity.ts';
import type { GateDefinition, Target } from '../model/plan.ts';
import type { Stage } from '../model/playbook.ts';
import type { Context } from './context.ts';
import type { CourseMoment } from './continuity.ts';
import { noClocks } from './continuity.ts';
import { stageGate } from './gates.ts';
import { containedTogether, weighCourse } from './guard.ts';
import { sortedTexts } from './order.ts';
import type { DraftTier } from './restore.ts';
import { restoreTiers } from './restore.ts';
import type { Selection } from './select.ts';
import { select } from './select.ts';
import type { StageTarget } from './targets.ts';
import { containedBy, targetsOf } from './targets.ts';
import type { WaveOf } from './waves.ts';
import { orderTargets, splitIntoWaves } from './waves.ts';

/** A stage as it would run. */
export interface DraftStage {
  readonly stage: Stage;
  /** Its place in the playbook. */
  readonly index: number;
  readonly action: ActionDefinition;
  readonly selection: Selection;
  readonly targets: ReadonlyMap<string, StageTarget>;
  readonly waves: readonly WaveOf<Target>[];
  readonly gate?: GateDefinition;
}

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
  readonly except: readonly string[];
  readonly stages: readonly DraftStage[];
  readonly tiers: readonly DraftTier[];
  /** How services stand before anything is done. */
  readonly before: readonly Standing[];
  readonly moments: readonly Moment[];
}

function draftStage(stage: Stage, index: number, { context, except }: DraftQuestion): DraftStage {
  const { running, parameters, graph } = context;
  const action = actions[stage.action];
  const selection = select(stage.on, { estate: running, parameters, except });
  const found = targetsOf(action, selection, context);
  const order = { systems: graph.dependentsFirst, cycleOf: graph.cycleOf };
  const ordered = orderTargets(
    found.map(({ target }) => target),
    order,
  );
  const gate = stageGate(stage);
  return {
    stage,
    index,
    action,
    selection,
    targets: new Map(found.map((each) => [each.target.id, each])),
    waves: splitIntoWaves(ordered, stage.waves, order),
    ...(gate && { gate }),
  };
}

/** When everything contained is due back, by id, counted from the start; the plan is weighed as if it all ran at once then. */
export function dueTimes(tiers: readonly DraftTier[]): ReadonlyMap<string, number> {
  return new Map(tiers.flatMap(({ targets, releaseByMs }) => targets.map(({ id }) => [id, releaseByMs] as const)));
}

function momentsOf(
  stages: readonly DraftStage[],
  dueMs: ReadonlyMap<string, number>,
  { continuity, baseline }: Context,
): readonly Moment[] {
  const times = { nowMs: 0, clocks: noClocks, dueMs };
  const moments: Moment[] = [];
  let contained = baseline;
  for (const stage of stages) {
    for (const [index, wave] of stage.waves.entries()) {
      const added = containedBy(stage.action, wave.items);
      const { verdict, course } = weighCourse(continuity, { contained, wave: added, failing: [], times });
      contained = containedTogether(contained, added);
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

interface DraftQuestion {
  readonly context: Context;
  readonly except: readonly string[];
}

/** Drafts a plan that leaves the systems given out: targets, waves, and how every service stands after each wave. */
export function draftPlan(context: Context, except: readonly string[]): Draft {
  const left = sortedTexts(except);
  const stages = context.playbook.stages.map((stage, index) => draftStage(stage, index, { context, except: left }));
  const tiers = restoreTiers(releasable(stages), context);
  return {
    except: left,
    stages,
    tiers,
    before: context.continuity.standings({ contained: context.baseline, failing: [] }),
    moments: momentsOf(stages, dueTimes(tiers), context),
  };
}
