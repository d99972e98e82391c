import { durationWords } from '../../model/duration.ts';
import type { Plan, PlannedStage } from '../../model/plan.ts';
import { quorumWords } from '../../model/quorum.ts';
import { serviceWords, stageWords } from './gate.ts';
import { backAgainWords, takesWords } from './pace.ts';
import { shortDigest } from './words.ts';

/** What starting a plan means, line by line: every stage, who else must sign, and where it leaves the services. */
export function startWords({ header, digest }: Plan, incident: string): readonly string[] {
  const last = header.stages.at(-1)?.name ?? '';
  return [
    `${incident}: ${header.playbook.name} on ${header.estate.name}, plan ${shortDigest(digest)}`,
    ...header.stages.map((stage) => `  ${stage.name}: ${stageWords(stage)}; ${runsWords(stage)}`),
    `  then ${serviceWords(header, last)}`,
    `  takes ${takesWords(header.atLeastMs)}; back again ${backAgainWords(header.backAgainMs)}`,
  ];
}

function runsWords({ gate }: PlannedStage): string {
  if (!gate) return 'runs on this signature';
  const within = gate.withinMs === undefined ? '' : ` within ${durationWords(gate.withinMs)}`;
  return `waits for ${quorumWords(gate.quorum)}${within}, not you`;
}
