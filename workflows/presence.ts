import { defineSearchAttributeKey } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { GateStatus, IncidentStatus } from '../model/incident.ts';
import { quorumWords } from '../model/quorum.ts';
import { glassOf } from '../model/break-glass.ts';
import { floorsWords } from '../model/waiver.ts';

/** Search attributes of an incident, for lists and filters in any Temporal UI. None of them is secret. */
export const searchAttributes = {
  incident: defineSearchAttributeKey('FiredoorIncidentId', 'KEYWORD'),
  phase: defineSearchAttributeKey('FiredoorPhase', 'KEYWORD'),
  playbook: defineSearchAttributeKey('FiredoorPlaybook', 'KEYWORD'),
  awaitingRole: defineSearchAttributeKey('FiredoorAwaitingRole', 'KEYWORD_LIST'),
  glass: defineSearchAttributeKey('FiredoorGlass', 'KEYWORD'),
} as const;

let lastPublished = '';

function awaited(gates: readonly GateStatus[]): readonly string[] {
  return [
    ...new Set(gates.filter((gate) => gate.state === 'open').flatMap((gate) => Object.keys(gate.missing))),
  ].toSorted();
}

/** Shows an incident's state in the stock Temporal UI. Search attributes cost an event, so only when they change. */
export function publish(status: IncidentStatus): void {
  setCurrentDetails(details(status));
  const roles = awaited(status.gates);
  const glass = glassOf(status);
  const now = JSON.stringify([status.incident, status.phase, roles, glass]);
  if (now === lastPublished) return;
  lastPublished = now;
  upsertSearchAttributes([
    { key: searchAttributes.incident, value: status.incident },
    { key: searchAttributes.phase, value: status.phase },
    { key: searchAttributes.playbook, value: status.playbook },
    { key: searchAttributes.awaitingRole, value: roles.length === 0 ? null : [...roles] },
    ...(glass === undefined ? [] : [{ key: searchAttributes.glass, value: glass }]),
  ]);
}

function details(status: IncidentStatus): string {
  const lines = [
    `**${status.phase}**${status.hold ? `: ${status.hold.detail}` : ''}`,
    '',
    '| stage | waves | verified |',
    '|---|---|---|',
  ];
  for (const { name, waves } of status.stages) {
    const done = waves.filter((wave) => wave.state === 'done').length;
    const verified = waves.reduce((sum, wave) => sum + wave.verified, 0);
    const targets = waves.reduce((sum, wave) => sum + wave.targets, 0);
    lines.push(`| ${name} | ${done}/${waves.length} | ${verified}/${targets} |`);
  }
  for (const gate of status.gates.filter((one) => one.state === 'open')) {
    lines.push('', `Gate **${gate.id}** waits for ${quorumWords(gate.missing)}.`);
  }
  for (const { service, floor, until, signedBy } of status.waivers) {
    const by = signedBy.length === 0 ? 'asked for' : `by ${signedBy.join(' and ')}`;
    lines.push('', `**Glass** ${by}: ${service} may fall to ${floorsWords(floor)} until ${until}.`);
  }
  for (const { service, floor } of status.standings.filter((one) => one.floor)) {
    if (floor)
      lines.push(
        '',
        `${service}: ${(100 * floor.actual).toFixed(1)}% ${floor.mode} or better, floor ${100 * floor.share}%`,
      );
  }
  return lines.join('\n');
}
