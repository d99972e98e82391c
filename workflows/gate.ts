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

  /** What a warrant carries of this gate. */
  get decisions(): readonly AcceptedDecision[] {
    return this.#voices.map((voice) => voice.accepted);
  }

  /** Opens it, or opens it anew; then earlier voices are void. */
  open(atMs: number): void {
    if (this.#end !== undefined) this.#voices = [];
    this.#end = undefined;
    this.#openedAtMs = atMs;
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
    const { withinMs, quorum, id, attest } = this.definition;
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
      ...(this.#openedAtMs === undefined || withinMs === undefined
        ? {}
        : { deadline: new Date(this.#openedAtMs + withinMs).toISOString() }),
    };
  }

  #counted(): { approvals: readonly string[]; attested: readonly string[] } {
    return {
      approvals: this.#voices.filter((voice) => voice.attests === undefined).map((voice) => voice.by),
      attested: this.#voices.flatMap((voice) => voice.attests ?? []),
    };
  }
}
