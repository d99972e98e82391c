import type { ActionDefinition } from '../model/actions/definition.ts';
import { actions } from '../model/actions/index.ts';
import type { GateDefinition, Target } from '../model/plan.ts';
import type { Stage } from '../model/playbook.ts';
import type { Context } from './context.ts';
import { stageGate } from './gates.ts';
import type { Selection } from './select.ts';
import { select } from './select.ts';
import type { StageTarget } from './targets.ts';
import { targetsOf } from './targets.ts';
import type { WaveOf } from './waves.ts';
import { orderTargets, splitIntoWaves } from './waves.ts';

/** A stage as it would run. */
export interface DraftStage {
  readonly stage: Stage;
  /** Its place in the playbook; that of the stage it was narrowed from. */
  readonly index: number;
  readonly action: ActionDefinition;
  readonly selection: Selection;
  readonly targets: ReadonlyMap<string, StageTarget>;
  readonly waves: readonly WaveOf<Target>[];
  readonly gate?: GateDefinition;
  /** The stage of the playbook whose shared roles it takes from single hosts. */
  readonly narrowedFrom?: string;
}

/** What of a playbook is left as written, and what is not. */
export interface Choice {
  /** Systems left out of every stage. */
  readonly except: readonly string[];
  /** Stages that take shared roles from the compromised hosts alone. */
  readonly narrow: readonly string[];
}

/** A stage of the playbook with what it selects. */
export interface SelectedStage {
  readonly stage: Stage;
  readonly index: number;
  readonly selection: Selection;
}

/** What a stage of the playbook stands for, systems left out by the request among its exceptions. */
export function selectStage(stage: Stage, context: Context, except: readonly string[]): Selection {
  const { running, parameters } = context;
  return select(stage.on, { estate: running, parameters, except });
}

/** Drafts a stage over what it selects: targets in order, waves, gate. `keep` takes some of them, all by default. */
export function draftStage(
  { stage, index, selection }: SelectedStage,
  context: Context,
  keep: (target: Target) => boolean = () => true,
): DraftStage {
  const { cutOrder } = context;
  const action = actions[stage.action];
  const found = targetsOf(action, selection, context).filter(({ target }) => keep(target));
  const ordered = orderTargets(
    found.map(({ target }) => target),
    cutOrder,
  );
  const gate = stageGate(stage);
  return {
    stage,
    index,
    action,
    selection,
    targets: new Map(found.map((each) => [each.target.id, each])),
    waves: splitIntoWaves(ordered, stage.waves, cutOrder),
    ...(gate && { gate }),
  };
}
