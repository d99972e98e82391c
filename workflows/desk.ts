import { condition } from '@temporalio/workflow';
import { authorityFor } from '../model/authority.ts';
import { openingVerb } from '../model/break-glass.ts';
import type { Decision, SignedDecision } from '../model/decision.ts';
import { extensionOf } from '../model/extension.ts';
import type { DecisionRecord, DenialReason, Phase } from '../model/incident.ts';
import type { JudgementContext } from '../model/judgement.ts';
import { authorityIsMet, gateOf, mayDecide } from '../model/judgement.ts';
import type { AcceptedDecision } from '../model/step.ts';
import { verifyDecision } from '../model/verification.ts';
import { verifier } from './activities.ts';
import type { IncidentClocks } from './clocks.ts';
import type { Control } from './control.ts';
import type { Gate } from './gate.ts';

/** What the desk judges against: fixed when the start is accepted. */
export interface DeskScope extends Omit<JudgementContext, 'nowMs'> {
  readonly start: string;
  readonly starter: string;
  /** What `skip` can name: stages, and while releasing `restore/<tier>`. */
  readonly stages: readonly string[];
  readonly tiers: readonly string[];
}

/** Form of {@link DecisionDesk} in what is carried, without its gates. */
export interface DeskState {
  readonly records: readonly DecisionRecord[];
  readonly releases: readonly AcceptedDecision[];
  /** Accepted nonces with the time after which nothing signed with them is accepted anyway. */
  readonly nonces: readonly (readonly [nonce: string, expiresMs: number])[];
  readonly spoken: readonly (readonly [subject: string, people: readonly string[]])[];
}

/** Decisions kept for `status` over continue-as-new; denied ones go first. History has them all. */
const keptRecords = 500;

interface Denial {
  readonly reason: DenialReason;
  readonly detail?: string;
}
interface Heard {
  readonly decision: Decision;
  readonly accepted: AcceptedDecision;
  readonly key: string;
}

/**
 * The decision desk. Handlers put decisions in its inbox; one loop takes them in order, verifies, applies and answers, so
 * that update and signal can't differ in effect. Every attempt is recorded, denied and forged ones too.
 */
export class DecisionDesk {
  readonly records: DecisionRecord[] = [];
  readonly gates: readonly Gate[];
  /** Accepted releases: part of every warrant to give back. */
  readonly releases: AcceptedDecision[] = [];
  readonly #scope: DeskScope;
  readonly #control: Control;
  readonly #clocks: IncidentClocks;
  readonly #phase: () => Phase;
  readonly #nonces = new Map<string, number>();
  readonly #spoken = new Map<string, readonly string[]>();

  constructor(options: {
    scope: DeskScope;
    gates: readonly Gate[];
    control: Control;
    clocks: IncidentClocks;
    phase: () => Phase;
  }) {
    this.#scope = options.scope;
    this.gates = options.gates;
    this.#control = options.control;
    this.#clocks = options.clocks;
    this.#phase = options.phase;
  }

  /** Judges one signed decision and, if accepted, applies it. */
  async take(signed: SignedDecision): Promise<DecisionRecord> {
    const at = new Date().toISOString();
    const nowMs = Date.parse(at);
    const verified = await verifyDecision(signed, { ...this.#scope, nowMs }, verifier);
    const { decision } = verified;
    const verdict = verified.ok
      ? this.#accept({ ...verified, accepted: { signed, acceptedAt: at } })
      : denialOf(verified);
    const claimed = decision ? claims(decision) : {};
    const record: DecisionRecord =
      'reason' in verdict
        ? { at, verdict: 'denied', ...verdict, ...claimed }
        : { at, verdict: 'accepted', key: verdict.key, ...claimed };
    this.records.push(record);
    return record;
  }

  /** Counts a decision that was verified, once. */
  #accept(heard: Heard): Denial | Heard {
    const { decision } = heard;
    if (this.#nonces.has(decision.nonce)) return { reason: 'replayed' };
    const denial = this.#apply(heard);
    if (denial) return { reason: denial };
    this.#nonces.set(decision.nonce, Date.parse(decision.expires));
    return heard;
  }

  #apply(heard: Heard): DenialReason | undefined {
    switch (heard.decision.verb) {
      case 'break-glass':
      case 'approve':
      case 'attest':
      case 'deny':
      case 'review':
        return this.#atGate(heard);
      case 'start':
        return 'not-now';
      case 'hold':
      case 'resume':
      case 'skip':
      case 'extend':
      case 'abort':
      case 'release':
        return this.#onIncident(heard);
    }
  }

  #atGate({ decision, accepted }: Heard): DenialReason | undefined {
    const found = gateOf(
      this.gates.map((gate) => gate.definition),
      decision,
    );
    const gate = this.gates.find((candidate) => candidate.definition === found?.gate);
    if (!found || !gate) return 'no-such-gate';
    if (decision.verb === openingVerb(gate.definition.id) && decision.by === this.#scope.starter) {
      return 'starter-cannot-approve';
    }
    // What has not happened can't be reviewed; approvals that come early are kept.
    if (decision.verb === 'review' && !gate.isOpen && !gate.isDecided) return 'not-now';
    if (!mayDecide(decision, this.#scope.roster, { gate: found.gate })) return 'not-in-role';
    if (gate.isDecided) return 'gate-closed';
    if (decision.verb === 'deny') {
      gate.deny();
      return undefined;
    }
    if (gate.hasHeard(decision.by, found.attests)) return 'already-counted';
    gate.hear({ by: decision.by, accepted, ...(found.attests === undefined ? {} : { attests: found.attests }) });
    return undefined;
  }

  #onIncident({ decision, accepted }: Heard): DenialReason | undefined {
    if (!this.#isTheTime(decision)) return 'not-now';
    const isGlass = this.#isBreakingOfGlass(decision);
    const authority = authorityFor(isGlass ? 'break-glass' : decision.verb, this.#scope.roster.authority);
    if (!mayDecide(decision, this.#scope.roster, { authority })) return 'not-in-role';
    if (isGlass && decision.by === this.#scope.starter) return 'starter-cannot-approve';
    const subject = `${this.#control.resumes} ${decision.verb} ${decision.gate ?? ''}`;
    const people = this.#spoken.get(subject) ?? [];
    if (people.includes(decision.by)) return 'already-counted';
    this.#spoken.set(subject, [...people, decision.by]);
    if (decision.verb === 'release') this.releases.push(accepted);
    if (authorityIsMet(authority, [...people, decision.by], this.#scope.roster)) this.#carryOut(decision);
    return undefined;
  }

  /** True for an extension that would take a service below its floor. */
  #isBreakingOfGlass({ verb, gate }: Decision): boolean {
    const asked = verb === 'extend' ? extensionOf(gate) : undefined;
    return asked !== undefined && this.#clocks.breaksWith(asked, Date.now());
  }

  /** An extension names a tier that is still held, and moves it later. */
  #isLater(decision: Decision): boolean {
    const asked = extensionOf(decision.gate);
    return asked !== undefined && this.#clocks.isLater(asked);
  }

  /** @param nowMs nonces that could no longer be replayed by then are let go, and so is what was said before a resume */
  snapshot(nowMs: number): DeskState {
    const excess = Math.max(0, this.records.length - keptRecords);
    const denied = this.records.filter((record) => record.verdict === 'denied').slice(0, excess);
    const dropped = new Set(denied);
    return {
      records: this.records.filter((record) => !dropped.has(record)),
      releases: [...this.releases],
      nonces: [...this.#nonces].filter(([, expiresMs]) => expiresMs >= nowMs),
      spoken: [...this.#spoken].filter(([subject]) => subject.startsWith(`${this.#control.resumes} `)),
    };
  }

  restore(state: DeskState): void {
    this.records.push(...state.records);
    this.releases.push(...state.releases);
    for (const [nonce, expiresMs] of state.nonces) this.#nonces.set(nonce, expiresMs);
    for (const [subject, people] of state.spoken) this.#spoken.set(subject, people);
  }

  #isTheTime(decision: Decision): boolean {
    const phase = this.#phase();
    if (phase === 'planning' || phase === 'closed' || phase === 'rejected') return false;
    switch (decision.verb) {
      case 'hold':
        return this.#control.hold === undefined && phase !== 'contained';
      case 'resume':
        return this.#control.hold !== undefined;
      case 'skip':
        return (this.#control.isOver ? this.#scope.tiers : this.#scope.stages).includes(decision.gate ?? '');
      case 'extend':
        return this.#isLater(decision);
      case 'abort':
        return !this.#control.isOver && phase !== 'contained';
      case 'release':
        return !this.#control.released && (phase === 'contained' || phase === 'holding');
      case 'start':
      case 'break-glass':
      case 'approve':
      case 'deny':
      case 'attest':
      case 'review':
        return true;
    }
  }

  #extend({ gate }: Decision): void {
    const asked = extensionOf(gate);
    if (asked) this.#clocks.extend(asked);
  }

  #carryOut(decision: Decision): void {
    switch (decision.verb) {
      case 'hold':
        this.#control.stop('hold', `${decision.by}: ${decision.reason}`, Date.now());
        return;
      case 'resume':
        this.#control.resume();
        return;
      case 'skip':
        if (decision.gate !== undefined) this.#control.skipped.add(decision.gate);
        this.#control.resume();
        return;
      case 'extend':
        this.#extend(decision);
        return;
      case 'abort':
        this.#control.aborted = true;
        this.#control.resume();
        return;
      case 'release':
        this.#control.released = true;
        this.#control.resume();
        return;
      case 'start':
      case 'break-glass':
      case 'approve':
      case 'deny':
      case 'attest':
      case 'review':
    }
  }
}

function denialOf({ reason, detail }: Denial): Denial {
  return detail === undefined ? { reason } : { reason, detail };
}

function claims(decision: Decision): Partial<DecisionRecord> {
  return {
    verb: decision.verb,
    by: decision.by,
    words: decision.reason,
    ...(decision.gate === undefined ? {} : { gate: decision.gate }),
  };
}

/** The inbox of the desk: in order, one at a time, each with its answer. */
export class Inbox {
  readonly #waiting: { readonly signed: SignedDecision; readonly answer: (record: DecisionRecord) => void }[] = [];
  #isTaking = false;

  /** True when every decision that came has its answer. */
  get isIdle(): boolean {
    return this.#waiting.length === 0 && !this.#isTaking;
  }

  /** Puts a decision in and waits for its answer. */
  async submit(signed: SignedDecision): Promise<DecisionRecord> {
    return await new Promise((resolve) => this.#waiting.push({ signed, answer: resolve }));
  }

  /** Takes decisions as they come, until told to end and nothing is left. */
  async serve(
    desk: DecisionDesk,
    options: { isEnding: () => boolean; onRecord: (record: DecisionRecord) => void },
  ): Promise<void> {
    while (true) {
      await condition(() => this.#waiting.length > 0 || options.isEnding());
      const next = this.#waiting.shift();
      if (!next) return;
      this.#isTaking = true;
      const record = await desk.take(next.signed);
      options.onRecord(record);
      next.answer(record);
      this.#isTaking = false;
    }
  }
}
