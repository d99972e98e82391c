import { durationWords } from '../../model/duration.ts';
import { breakGlassGate } from '../../model/break-glass.ts';
import type { Plan, PlanHeader, PlannedStage } from '../../model/plan.ts';
import { quorumWords } from '../../model/quorum.ts';
import { serviceWords, stageWords } from './gate.ts';
import { backAgainWords, takesWords } from './pace.ts';
import { waivedForWords } from './waiver.ts';
import { shortDigest } from './words.ts';

/** What starting a plan means, line by line: every stage, who else must sign, and where it leaves the services. */
export function startWords({ header, digest }: Plan, incident: string): readonly string[] {
  const last = header.stages.at(-1)?.name ?? '';
  return [
    `${incident}: ${header.playbook.name} on ${header.estate.name}, plan ${shortDigest(digest)}`,
    ...waivedForWords(header).map((line) => `  ${line}`),
    ...glassGateWords(header),
    ...header.stages.map((stage) => `  ${stage.name}: ${stageWords(stage)}; ${runsWords(stage)}`),
    `  then ${serviceWords(header, last)}`,
    `  takes ${takesWords(header.atLeastMs)}; back again ${backAgainWords(header.backAgainMs)}`,
  ];
}

/** Who breaks glass before anything is done. */
function glassGateWords(header: PlanHeader): readonly string[] {
  const gate = breakGlassGate(header);
  if (!gate) return [];
  const within = gate.withinMs === undefined ? '' : ` within ${durationWords(gate.withinMs)}`;
  return [`  nothing is done before ${quorumWords(gate.quorum)} sign for that${within}, not you`];
}

function runsWords({ gate }: PlannedStage): string {
  if (!gate) return 'runs on this signature';
  const within = gate.withinMs === undefined ? '' : ` within ${durationWords(gate.withinMs)}`;
  return `waits for ${quorumWords(gate.quorum)}${within}, not you`;
}
