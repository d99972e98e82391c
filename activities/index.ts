import { actionNames } from '../model/actions/names.ts';
import { actionActivities } from './actions.ts';
import type { DecisionActivities } from './decisions.ts';
import { decisionActivities } from './decisions.ts';
import type { ActivityDeps } from './deps.ts';
import { evidenceActivities } from './ec2/evidence.ts';
import type { FactsActivities } from './live/facts.ts';
import { factsActivities } from './live/facts.ts';
import type { NotifyActivities } from './notify/notify.ts';
import { notifyActivities } from './notify/notify.ts';
import type { Compile, PlanningActivities } from './planning.ts';
import { planningActivities } from './planning.ts';
import type { ProbeActivities } from './probes/round.ts';
import { probeActivities } from './probes/round.ts';

/** What listens beside the workflows: planning, decisions, probes, notifications. */
export type MainActivities = PlanningActivities & DecisionActivities & ProbeActivities & NotifyActivities;

/** Activities of the main task queue. The drill's sabotage passes a planner of its own. */
export function mainActivities(deps: ActivityDeps, compile?: Compile): MainActivities {
  return {
    ...planningActivities(deps, compile),
    ...decisionActivities(),
    ...probeActivities(deps),
    ...notifyActivities(deps),
  };
}

/** Activities of one account's task queue: facts, evidence, and each action's `<action>.capture`, `.apply`, `.verify` and `.undo`. */
export function accountActivities(deps: ActivityDeps): Record<string, FactsActivities[keyof FactsActivities]> {
  const named = actionNames.flatMap((action) => {
    const { capture, apply, verify, undo } = actionActivities[action](deps);
    return Object.entries({ capture, apply, verify, undo }).map(([step, activity]) => [`${action}.${step}`, activity]);
  });
  return { ...Object.fromEntries(named), ...factsActivities(deps), ...evidenceActivities(deps) };
}
