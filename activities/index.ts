import { actionNames } from '../model/actions/names.ts';
import { actionActivities } from './actions.ts';
import type { DecisionActivities } from './decisions.ts';
import { decisionActivities } from './decisions.ts';
import type { ActivityDeps } from './deps.ts';
import { evidenceActivities } from './ec2/evidence.ts';
import type { AskActivities } from './ledger/ask.ts';
import { askActivities } from './ledger/ask.ts';
import type { GatherActivities } from './ledger/gather.ts';
import { gatherActivities } from './ledger/gather.ts';
import { marksActivities } from './ledger/marks.ts';
import type { SharingActivities } from './ledger/sharing.ts';
import { sharingActivities } from './ledger/sharing.ts';
import { factsActivities } from './live/facts.ts';
import type { NotifyActivities } from './notify/notify.ts';
import { notifyActivities } from './notify/notify.ts';
import type { Compile, PlanningActivities } from './planning.ts';
import { planningActivities } from './planning.ts';
import type { QuestionActivities } from './questions.ts';
import { questionActivities } from './questions.ts';
import type { ProbeActivities } from './probes/round.ts';
import { probeActivities } from './probes/round.ts';

/** What listens beside the workflows: planning, questions, decisions, probes, notifications, and what incidents and the ledger say to each other. */
export type MainActivities = PlanningActivities &
  QuestionActivities &
  DecisionActivities &
  ProbeActivities &
  NotifyActivities &
  AskActivities &
  SharingActivities &
  GatherActivities;

/** Activities of the main task queue. The drill's sabotage passes a planner of its own. */
export function mainActivities(deps: ActivityDeps, compile?: Compile): MainActivities {
  return {
    ...planningActivities(deps, compile),
    ...questionActivities(deps),
    ...decisionActivities(),
    ...probeActivities(deps),
    ...notifyActivities(deps),
    ...askActivities(deps),
    ...sharingActivities(deps),
    ...gatherActivities(deps),
  };
}

/** Activities of one account's task queue: facts, evidence, marks, and each action's `<action>.capture`, `.apply`, `.verify` and `.undo`. */
export function accountActivities(deps: ActivityDeps): Record<string, (input: never) => Promise<unknown>> {
  const named = actionNames.flatMap((action) => {
    const { capture, apply, verify, undo } = actionActivities[action](deps);
    return Object.entries({ capture, apply, verify, undo }).map(([step, activity]) => [`${action}.${step}`, activity]);
  });
  return {
    ...Object.fromEntries(named),
    ...factsActivities(deps),
    ...evidenceActivities(deps),
    ...marksActivities(deps),
  };
}
