import { openingVerb } from '../../model/break-glass.ts';
import type { GateStatus, IncidentStatus } from '../../model/incident.ts';
import { quorumWords } from '../../model/quorum.ts';
import { listWords } from './words.ts';

/** Gates that wait for people, in the order of the plan. */
export function openGates(status: Pick<IncidentStatus, 'gates'>): readonly GateStatus[] {
  return status.gates.filter((gate) => gate.state === 'open');
}

/** `1 ir-lead and 1 platform, and rebuilt-from-clean-image attested`: what a gate still waits for. */
export function missingWords(gate: Pick<GateStatus, 'missing' | 'missingAttestations'>): string {
  const attested = gate.missingAttestations.length === 0 ? '' : `${listWords(gate.missingAttestations)} attested`;
  const people = Object.keys(gate.missing).length === 0 ? '' : quorumWords(gate.missing);
  return [people, attested].filter((part) => part !== '').join(', and ') || 'nobody';
}

/** `cut-off (K7M2QX)`: a gate with the code to say over the telephone. */
export function gateName({ id, code }: Pick<GateStatus, 'id' | 'code'>): string {
  return code === undefined ? id : `${id} (${code})`;
}

/** The one command that leads on from here. */
export function nextStep(status: IncidentStatus): string {
  const { incident } = status;
  switch (status.phase) {
    case 'waiting':
      return atGate(status);
    case 'holding':
      return `firedoor resume ${incident} --reason "…" (or skip, abort, release)`;
    case 'contained':
      return `firedoor release ${incident} --reason "…"`;
    case 'planning':
    case 'acting':
    case 'releasing':
      return `firedoor watch ${incident}`;
    case 'closed':
      return `firedoor audit export ${incident} -o ${incident}.json`;
    case 'rejected':
      return 'firedoor plan, then start again with the new plan';
  }
}

function atGate(status: IncidentStatus): string {
  const [gate] = openGates(status);
  if (!gate) return `firedoor watch ${status.incident}`;
  const [attestation] = gate.missingAttestations;
  if (Object.keys(gate.missing).length > 0 || attestation === undefined) {
    const verb = openingVerb(gate.id);
    const at = verb === 'approve' ? ` --gate ${gate.id}` : '';
    return `firedoor ${verb} ${status.incident}${at} --reason "…" (${missingWords(gate)})`;
  }
  return `firedoor attest ${status.incident} --gate ${gate.id}/${attestation} --reason "…"`;
}
