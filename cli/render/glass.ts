import { breakGlassGateId, reviewGate } from '../../model/break-glass.ts';
import { quorumWords } from '../../model/quorum.ts';
import type { IncidentView } from '../incident/reach.ts';
import { serviceWords, stageWords } from './gate.ts';
import type { TimeOptions } from './time.ts';
import { laterWords, offsetWords } from './time.ts';
import { waiverLines } from './waiver.ts';
import { listWords, shortDigest } from './words.ts';

function untilWords(startedAt: Date, time: TimeOptions): (lengthMs: number) => string {
  return (lengthMs) => `${laterWords(startedAt, lengthMs, time)} ${offsetWords(startedAt, time)}`;
}

/** What a signature that breaks glass is for: the floors given up, what is then done, and what follows. */
export function glassWords(
  { header, digest }: IncidentView['plan'],
  startedAt: Date,
  time: TimeOptions,
): readonly string[] {
  const last = header.stages.at(-1)?.name ?? '';
  return [
    'You sign for this and nothing else:',
    `  plan ${shortDigest(digest)}, gate ${breakGlassGateId}`,
    ...waiverLines(header, untilWords(startedAt, time)).map((line) => `  ${line}`),
    ...header.stages.map((stage) => `  ${stage.name}: ${stageWords(stage)}`),
    `  then ${serviceWords(header, last)}`,
    '  when it ends, what still goes on below its own floor holds',
    `  the incident can't close before ${quorumWords(reviewGate(header)?.quorum ?? {})} have signed a review`,
  ];
}

/** What a review is signed for: the floors that were given up, and by whom. */
export function reviewedWords({ plan, status }: IncidentView, time: TimeOptions): readonly string[] {
  const broken = status.gates.find(({ id }) => id === breakGlassGateId)?.approvedBy ?? [];
  return [
    'You sign that you have looked into this:',
    `  plan ${shortDigest(plan.digest)}`,
    ...waiverLines(plan.header, untilWords(new Date(status.startedAt), time)).map((line) => `  ${line}`),
    `  signed for by ${listWords(broken)}; their reasons: firedoor status ${status.incident} --json`,
  ];
}
