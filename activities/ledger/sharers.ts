import type { CapturesAnswer, Held, LedgerAnswer, LedgerRequest, Shared } from '../../model/ledger.ts';
import type { Capture } from '../../model/step.ts';
import { isOurCapture } from '../proof/seal.ts';
import { askFor } from './ask.ts';
import type { Fate, LedgerPort } from './port.ts';

/** What speaking to other incidents takes. */
export interface SharingDeps {
  readonly ledger: LedgerPort;
  readonly workerKey: Uint8Array;
  readonly namespace: string;
}

/** What another incident has to do with targets that two want. */
export interface Standing {
  readonly fate: Fate;
  /** Captures of its own, each with our MAC, of targets that it holds and isn't giving back. */
  readonly captures: readonly Capture[];
  /** Targets it is at work on. */
  readonly unsettled: readonly string[];
  /** Targets it knows nothing of: the ledger's claim is stale, or forged. */
  readonly strange: readonly string[];
  /** Targets it claims to have captured, without our MAC: people have to look. */
  readonly unproven: readonly string[];
  readonly isHolding: boolean;
}

function isVouchedFor(deps: SharingDeps, incident: string, held: Held): (capture: Capture) => boolean {
  return (capture) =>
    capture.incident === incident &&
    capture.action === held.action &&
    held.targets.includes(capture.target) &&
    isOurCapture(deps.workerKey, deps.namespace, capture);
}

/**
 * Asks another incident about targets. One whose waves are still at work counts as open, ended from outside or not; one
 * that is over or dead still answers for its captures while its history is there.
 */
export async function standingOf(deps: SharingDeps, { incident, action, targets }: Shared): Promise<Standing> {
  const held: Held = { action, targets };
  const found = await deps.ledger.fateOf(incident);
  const isAtWork = found !== 'open' && (await deps.ledger.incidentsAtWork()).includes(incident);
  const fate = isAtWork ? 'open' : found;
  const nothing: CapturesAnswer = { captures: [], unsettled: [], isHolding: false };
  const answer = await deps.ledger.captures(incident, held).catch((error: unknown) => {
    if (fate === 'open') throw error;
    return nothing;
  });
  const captures = answer.captures.filter(isVouchedFor(deps, incident, held));
  const isCaptured = (target: string): boolean => answer.captures.some((capture) => capture.target === target);
  return {
    fate,
    captures,
    unsettled: fate === 'open' ? answer.unsettled.filter((target) => targets.includes(target)) : [],
    strange: targets.filter((target) => !answer.unsettled.includes(target) && !isCaptured(target)),
    unproven: targets.filter((target) => isCaptured(target) && !captures.some((capture) => capture.target === target)),
    isHolding: answer.isHolding && !isAtWork,
  };
}

/** Asks the ledger on behalf of the running activity, and waits for it. */
export async function tell(deps: SharingDeps, request: LedgerRequest): Promise<LedgerAnswer> {
  return await askFor(deps.ledger, { request, patient: true });
}
