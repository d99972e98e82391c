import { gateCodeOf } from '../model/gate-code.ts';
import type { GateStatus } from '../model/incident.ts';
import { gateIsMet, personIn } from '../model/judgement.ts';
import type { GateDefinition, Roster } from '../model/plan.ts';
import { missingFrom } from '../model/quorum.ts';
import type { AcceptedDecision } from '../model/step.ts';

interface Voice {
  readonly by: string;
  readonly attests?: string;
  readonly accepted: AcceptedDecision;
}

/** What a gate counts voices by, and the incident it is of. */
export interface GateScope {
  readonly incident: string;
  readonly roster: Roster;
  readonly starter: string;
}

/** Form of {@link Gate} in what is carried. */
export interface GateState {
  readonly id: string;
  readonly voices: readonly Voice[];
  readonly end?: 'denied' | 'expired';
  readonly openedAtMs?: number;
  readonly isAnswered: boolean;
}

/**
 * One gate: who has spoken for it, and what it has come to. Decisions that come before it opens are kept and count when it
 * does; after a denial or an expiry it can be opened anew, and what was said before is void.
 */
export class Gate {
  readonly definition: GateDefinition;
  readonly #scope: GateScope;
  #voices: Voice[] = [];
  #end: 'denied' | 'expired' | undefined;
  #openedAtMs: number | undefined;
  #isAnswered = false;

  constructor(definition: GateDefinition, scope: GateScope) {
    this.definition = definition;
    this.#scope = scope;
  }

  get isOpen(): boolean {
    return this.#openedAtMs !== undefined && !this.isDecided;
  }

  get isMet(): boolean {
    return this.#end === undefined && gateIsMet(this.definition, this.#counted(), this.#scope);
  }

  get isDecided(): boolean {
    return this.#end !== undefined || this.isMet;
  }

  get end(): 'denied' | 'expired' | undefined {
    return this.#end;
  }

  /** True once its bad end has been put before people, who then choose. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** When it expires, if it was opened and does. */
  get deadlineMs(): number | undefined {
    const { withinMs } = this.definition;
    return this.#openedAtMs === undefined || withinMs === undefined ? undefined : this.#openedAtMs + withinMs;
  }

  /** What a warrant carries of this gate. */
  get decisions(): readonly AcceptedDecision[] {
    return this.#voices.map((voice) => voice.accepted);
  }

  /** Opens it, or opens it anew; then earlier voices are void. */
  open(atMs: number): void {
    if (this.#end !== undefined) this.#voices = [];
    this.#end = undefined;
    this.#isAnswered = false;
    this.#openedAtMs = atMs;
  }

  /** Puts its bad end before people: from now on it can be opened anew. */
  answer(): void {
    this.#isAnswered = true;
  }

  deny(): void {
    this.#end = 'denied';
  }

  expire(): void {
    if (!this.isDecided) this.#end = 'expired';
  }

  /** True when this person already speaks for it in the same way. */
  hasHeard(by: string, attests: string | undefined): boolean {
    return this.#voices.some((voice) => voice.by === by && voice.attests === attests);
  }

  hear(voice: Voice): void {
    this.#voices.push(voice);
  }

  status(): GateStatus {
    const { approvals, attested } = this.#counted();
    const people = approvals.flatMap((id) => personIn(this.#scope.roster, id) ?? []);
    const { quorum, id, attest } = this.definition;
    const openedAt = this.#openedAtMs === undefined ? undefined : new Date(this.#openedAtMs).toISOString();
    return {
      id,
      state: this.#end ?? (this.isMet ? 'met' : 'open'),
      quorum,
      missing: missingFrom(quorum, people),
      missingAttestations: attest.filter((name) => !attested.includes(name)),
      approvedBy: approvals,
      ...(openedAt === undefined
        ? {}
        : { openedAt, code: gateCodeOf({ incident: this.#scope.incident, gate: id, openedAt }) }),
      ...(this.deadlineMs === undefined ? {} : { deadline: new Date(this.deadlineMs).toISOString() }),
    };
  }

  snapshot(): GateState {
    return {
      id: this.definition.id,
      voices: [...this.#voices],
      ...(this.#end === undefined ? {} : { end: this.#end }),
      ...(this.#openedAtMs === undefined ? {} : { openedAtMs: this.#openedAtMs }),
      isAnswered: this.#isAnswered,
    };
  }

  restore(state: GateState): void {
    this.#voices = [...state.voices];
    this.#end = state.end;
    this.#openedAtMs = state.openedAtMs;
    this.#isAnswered = state.isAnswered;
  }

  #counted(): { approvals: readonly string[]; attested: readonly string[] } {
    return {
      approvals: this.#voices.filter((voice) => voice.attests === undefined).map((voice) => voice.by),
      attested: this.#voices.flatMap((voice) => voice.attests ?? []),
    };
  }
}
