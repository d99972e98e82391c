import type { Narrower } from '../model/plan.ts';
import type { Context } from './context.ts';
import type { Draft } from './draft.ts';
import { draftPlan } from './draft.ts';
import { selectStage } from './draft-stage.ts';
import type { Fate } from './fate.ts';
import type { SharedRole } from './narrow.ts';
import { sharedRoles } from './narrow.ts';
import { problemsWith } from './refusals.ts';

function narrowerOf(stage: string, roles: readonly SharedRole[], { hostsLosing }: Fate): Narrower {
  const hosts = roles.flatMap((role) => role.hosts).length;
  const losing = new Set(roles.flatMap(({ id }) => hostsLosing(id))).size;
  return { stage, roles: roles.map(({ id }) => id), hosts, spared: losing - hosts, flags: `--narrow ${stage}` };
}

/** Stages of a draft that contain shared roles whole and might be narrowed, each with what that would spare. Not planned yet. */
export function narrowerStages(draft: Draft, context: Context, fate: Fate): readonly Narrower[] {
  const { except, narrow } = draft.choice;
  return context.playbook.stages.flatMap((stage) => {
    if (narrow.includes(stage.name)) return [];
    const roles = sharedRoles(stage, selectStage(stage, context, except), context);
    return roles.length === 0 ? [] : [narrowerOf(stage.name, roles, fate)];
  });
}

/** The same plan with more stages narrowed. */
export function narrowed(draft: Draft, context: Context, stages: readonly Narrower[]): Draft {
  const narrow = [...draft.choice.narrow, ...stages.map(({ stage }) => stage)];
  return draftPlan(context, { ...draft.choice, narrow });
}

/** What a clean plan could do more narrowly: stages that were planned so, each alone, and came out clean. */
export function narrowerAdvice(draft: Draft, context: Context, fate: Fate): readonly Narrower[] {
  return narrowerStages(draft, context, fate).filter(
    (each) => problemsWith(narrowed(draft, context, [each]), context).length === 0,
  );
}
