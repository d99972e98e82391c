import { authorityFor, holdsARole } from './authority.ts';
import { openingVerb, reviewGateId } from './break-glass.ts';
import type { Decision } from './decision.ts';
import type { DenialReason } from './incident.ts';
import type { GateDefinition, Roster } from './plan.ts';
import type { Person, Quorum } from './quorum.ts';
import { isMet } from './quorum.ts';

/** Clocks of signers may be off by this much (reference: threats F16). */
export const clockSkewMs = 10 * 60_000;

/** What a decision must have been signed for. `start` and `starter` are absent while the start itself is judged. */
export interface JudgementContext {
  readonly estate: string;
  readonly namespace: string;
  readonly incident: string;
  readonly plan: string;
  readonly start?: string;
  readonly roster: Roster;
  /** Workflow time, or for a warrant the time of acceptance. */
  readonly nowMs: number;
}

/** The person a decision names, if the roster knows them. */
export function personIn(roster: Roster, id: string): Person | undefined {
  return roster.people.find((person) => person.id === id);
}

/**
 * Judges what a document says of itself: person, estate, namespace, incident, start, plan and times. Signature, gate,
 * role and replay are judged elsewhere.
 *
 * @param times `issued` and `expires` of the decision in milliseconds
 */
export function judgeDocument(
  decision: Decision,
  context: JudgementContext,
  times: { readonly issuedMs: number; readonly expiresMs: number },
): DenialReason | undefined {
  if (!personIn(context.roster, decision.by)) return 'unknown-person';
  if (decision.estate !== context.estate) return 'wrong-estate';
  if (decision.namespace !== context.namespace) return 'wrong-namespace';
  if (decision.incident !== context.incident) return 'wrong-incident';
  if (decision.start !== context.start) return 'wrong-start';
  if (decision.plan !== context.plan) return 'wrong-plan';
  if (times.issuedMs > context.nowMs + clockSkewMs) return 'not-yet-issued';
  if (times.expiresMs < context.nowMs) return 'expired';
  return undefined;
}

/** One side of a gate: who has spoken for it. */
export interface GateVoices {
  readonly approvals: readonly string[];
  /** Attested names, each by somebody. */
  readonly attested: readonly string[];
}

/** True when a gate's quorum is filled by distinct people other than the starter and everything is attested. */
export function gateIsMet(
  gate: GateDefinition,
  voices: GateVoices,
  scope: { roster: Roster; starter: string },
): boolean {
  const people = voices.approvals
    .filter((id) => id !== scope.starter)
    .flatMap((id) => personIn(scope.roster, id) ?? []);
  return isMet(gate.quorum, people) && gate.attest.every((name) => voices.attested.includes(name));
}

/** Whether a verb can be said at a gate: the one that fills its seats, or a no, which a review does not take. */
export function isSaidAt(gate: string, verb: Decision['verb']): boolean {
  return verb === openingVerb(gate) || (verb === 'deny' && gate !== reviewGateId);
}

/** The gate a decision's `gate` speaks of, and for an attestation what it attests. */
export function gateOf(
  gates: readonly GateDefinition[],
  decision: Decision,
): { gate: GateDefinition; attests?: string } | undefined {
  for (const gate of gates) {
    if (decision.verb !== 'attest') {
      if (gate.id === decision.gate && isSaidAt(gate.id, decision.verb)) return { gate };
      continue;
    }
    const attests = gate.attest.find((name) => `${gate.id}/${name}` === decision.gate);
    if (attests !== undefined) return { gate, attests };
  }
  return undefined;
}

/** What a decision is held against: the gate it answers, and who may say it where that is not the verb's own authority. */
export interface Standing {
  readonly gate?: GateDefinition | undefined;
  readonly authority?: Quorum | 'any' | 'gate';
}

/** Whether a person may say a verb at all: by authority, or by a role of the gate it answers. */
export function mayDecide(
  decision: Decision,
  roster: Roster,
  { gate, authority = authorityFor(decision.verb, roster.authority) }: Standing = {},
): boolean {
  const person = personIn(roster, decision.by);
  if (!person) return false;
  if (authority === 'any') return true;
  if (authority === 'gate') return gate !== undefined && holdsARole(person, gate.quorum);
  return holdsARole(person, authority);
}

/** Whether the people who said a verb fill its authority; `any` and `gate` need one. */
export function verbIsMet(verb: Decision['verb'], people: readonly string[], roster: Roster): boolean {
  return authorityIsMet(authorityFor(verb, roster.authority), people, roster);
}

/** Whether people fill an authority; `any` and `gate` need one. */
export function authorityIsMet(authority: Quorum | 'any' | 'gate', people: readonly string[], roster: Roster): boolean {
  if (authority === 'any' || authority === 'gate') return people.length > 0;
  return isMet(
    authority,
    people.flatMap((id) => personIn(roster, id) ?? []),
  );
}
