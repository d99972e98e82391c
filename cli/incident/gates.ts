import { gatesOf } from '../../model/break-glass.ts';
import type { Decision } from '../../model/decision.ts';
import type { GateStatus } from '../../model/incident.ts';
import { isSaidAt } from '../../model/judgement.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { openGates } from '../render/incident-next.ts';
import { listWords } from '../render/words.ts';
import type { IncidentView } from './reach.ts';

/** What was said of where to decide. */
export interface GateSaid {
  /** From `--gate`. */
  readonly named: string | undefined;
  /** The gate a short code led to. */
  readonly found: string | undefined;
  /** What is to be said there. */
  readonly verb: Decision['verb'];
}

/**
 * The gate a decision is for: the one named or found by its code, else the only one open. A gate named may be one that
 * opens later: what is said early is kept.
 *
 * @throws CliFailure usage, with the names there are
 */
export function chooseGate({ status, plan }: IncidentView, { named, found, verb }: GateSaid): string {
  const planned = gatesOf(plan.header).flatMap(({ id }) => (isSaidAt(id, verb) ? [id] : []));
  if (named !== undefined && !planned.includes(named)) {
    throw none(`${status.incident} has no gate ${named}. It has: ${listWords(planned) || 'none'}.`);
  }
  if (named !== undefined && found !== undefined && named !== found) {
    throw none(`That code is gate ${found} of ${status.incident}, and --gate says ${named}.`);
  }
  const open = openGates(status).filter((gate) => planned.includes(gate.id));
  return named ?? found ?? theOne(status.incident, open, (gate) => [gate.id]);
}

/** The attestation a decision makes, as `restore/<tier>/<what>`. @throws CliFailure usage, with the names there are */
export function chooseAttestation({ status, plan }: IncidentView, { named, found }: Omit<GateSaid, 'verb'>): string {
  const planned = gatesOf(plan.header)
    .filter((gate) => found === undefined || gate.id === found)
    .flatMap((gate) => gate.attest.map((what) => `${gate.id}/${what}`));
  const where = found === undefined ? status.incident : `Gate ${found} of ${status.incident}`;
  if (named !== undefined) {
    if (planned.includes(named)) return named;
    throw none(`${where} asks for no attestation ${named}. It asks for: ${listWords(planned) || 'none'}.`);
  }
  const open = openGates(status).filter((gate) => found === undefined || gate.id === found);
  return theOne(status.incident, open, (gate) => gate.missingAttestations.map((what) => `${gate.id}/${what}`));
}

function theOne(
  incident: string,
  gates: readonly GateStatus[],
  namesOf: (gate: GateStatus) => readonly string[],
): string {
  const [first, ...others] = gates.flatMap(namesOf);
  if (first === undefined) throw none(`Nothing of the kind is open in ${incident}. Name one with --gate to be early.`);
  if (others.length === 0) return first;
  throw none(`${incident} waits at ${listWords([first, ...others])}. Say which with --gate.`);
}

function none(message: string): Error {
  return usageFailure(escapeControls(message));
}
