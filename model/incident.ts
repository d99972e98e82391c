import type { GuardVerdict, Standing } from './continuity.ts';
import type { Quorum } from './quorum.ts';
import type { Refusal } from './refusal.ts';
import type { TargetStatus } from './step.ts';
import type { Verb } from './verbs.ts';
import type { WaivedFloor } from './waiver.ts';

/** Where an incident stands (DESIGN.md, *The incident*). `planning` is the moment before the start is accepted. */
export const phases = [
  'planning',
  'waiting',
  'acting',
  'holding',
  'contained',
  'releasing',
  'closed',
  'rejected',
] as const;
export type Phase = (typeof phases)[number];

/** Why an attempt to decide did not count. */
export const denialReasons = {
  malformed: 'it is not a decision',
  'unknown-person': 'nobody of that name is in the roster',
  'bad-signature': 'the signature does not verify',
  'wrong-estate': 'it was signed for another estate',
  'wrong-namespace': 'it was signed for another namespace',
  'wrong-incident': 'it was signed for another incident',
  'wrong-start': 'it was signed for another start of this incident',
  'wrong-plan': 'it was signed for another plan',
  expired: 'it has expired',
  'not-yet-issued': 'it was issued in the future',
  replayed: 'it was used before',
  'no-such-gate': 'there is no such gate',
  'gate-closed': 'the gate is already decided',
  'not-in-role': 'the person does not hold a role that may say this',
  'starter-cannot-approve': 'who starts an incident may not approve it',
  'already-counted': 'this person is already counted there',
  'not-now': 'the incident is not where this can be said',
} as const;
export type DenialReason = keyof typeof denialReasons;

/** The answer to a decision, and its line in the record. Denied attempts are kept like accepted ones. */
export interface DecisionRecord {
  readonly at: string;
  readonly verdict: 'accepted' | 'denied';
  readonly reason?: DenialReason;
  readonly detail?: string;
  /** As claimed; proven only where the verdict is `accepted`. */
  readonly verb?: Verb;
  readonly by?: string;
  readonly gate?: string;
  readonly words?: string;
  /** Fingerprint of the signing key, `SHA256:…`. */
  readonly key?: string;
}

export interface GateStatus {
  readonly id: string;
  readonly state: 'open' | 'met' | 'denied' | 'expired';
  readonly quorum: Quorum;
  readonly missing: Quorum;
  readonly missingAttestations: readonly string[];
  readonly approvedBy: readonly string[];
  readonly openedAt?: string;
  /** Leads people to it, by telephone or from a notification: `firedoor approve K7M2QX`. New at each opening. */
  readonly code?: string;
  readonly deadline?: string;
}

/** How far a wave is. */
export interface WaveStatus {
  readonly index: number;
  readonly canary: boolean;
  readonly state: 'next' | 'acting' | 'done' | 'held' | 'skipped';
  readonly targets: number;
  readonly verified: number;
  readonly verdict?: GuardVerdict;
}

export interface StageStatus {
  readonly name: string;
  readonly action: string;
  readonly waves: readonly WaveStatus[];
}

export interface TierStatus {
  readonly name: string;
  readonly state: 'next' | 'waiting' | 'releasing' | 'probing' | 'done';
  readonly targets: number;
  readonly released: number;
}

/** A target that did not come out as planned, by target. */
export interface Exception {
  readonly at: string;
  readonly stage: string;
  readonly target: string;
  readonly status: Exclude<TargetStatus, 'done'>;
  readonly detail?: string;
}

/** One line of what happened, newest last. */
export interface TimelineEntry {
  readonly at: string;
  readonly what: string;
  readonly detail: string;
}

/**
 * A clock that runs, as `firedoor status` shows it: a tier that is due back, a service that gets worse by time alone, or a
 * waiver that ends.
 */
export interface ClockStatus {
  readonly kind: 'tier' | 'service' | 'waiver';
  readonly name: string;
  readonly beganAt: string;
  readonly endsAt: string;
  /** What happens then, in words. */
  readonly because: string;
  /** The share of its time at which people were last warned; 0 before any warning. */
  readonly warned: number;
}

/** A floor that people waive, or are asked to. What its review has come to stands with the gate `close/review`. */
export interface WaiverStatus {
  readonly service: string;
  /** The floors in force until then. */
  readonly floor: readonly WaivedFloor[];
  readonly until: string;
  /** Who broke glass for it; nobody while they are only asked. */
  readonly signedBy: readonly string[];
}

/** Why an incident holds, in words, and what a person can do. */
export interface HoldStatus {
  readonly since: string;
  readonly cause:
    'hold' | 'denied' | 'expired' | 'guard' | 'aws' | 'unverified' | 'undo' | 'waiver' | 'overlap' | 'ledger';
  readonly detail: string;
}

/** The answer of the query `status`: all that `firedoor status` and `watch` show. */
export interface IncidentStatus {
  readonly schema: 'firedoor/status/v1';
  readonly incident: string;
  readonly estate: string;
  readonly namespace: string;
  readonly playbook: string;
  readonly plan: string;
  readonly start: string;
  readonly startedBy: string;
  readonly startedAt: string;
  readonly phase: Phase;
  readonly hold?: HoldStatus;
  readonly stages: readonly StageStatus[];
  readonly tiers: readonly TierStatus[];
  readonly gates: readonly GateStatus[];
  readonly standings: readonly Standing[];
  readonly clocks: readonly ClockStatus[];
  readonly waivers: readonly WaiverStatus[];
  readonly exceptions: readonly Exception[];
  readonly decisions: readonly DecisionRecord[];
  readonly timeline: readonly TimelineEntry[];
  readonly rejection?: Rejection;
}

/** Why a start came to nothing: refused, or planned again with another digest (exit 6 and 7). */
export interface Rejection {
  readonly kind: 'refused' | 'stale' | 'denied';
  readonly refusals: readonly Refusal[];
  readonly differences: readonly string[];
  readonly detail?: string;
}

/** What an incident's workflow returns. */
export interface IncidentResult {
  readonly phase: 'closed' | 'rejected';
  readonly exceptions: readonly Exception[];
  readonly rejection?: Rejection;
}
