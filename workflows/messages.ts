import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { SignedDecision } from '../model/decision.ts';
import type { DecisionRecord, IncidentStatus } from '../model/incident.ts';
import type { Claims } from '../model/claims.ts';
import type { CapturesAnswer, Held, Holdings, LedgerAnswer, LedgerRequest } from '../model/ledger.ts';
import type { Parameters, Playbook } from '../model/playbook.ts';
import type { Plan } from '../model/plan.ts';
import type { Refusal } from '../model/refusal.ts';
import type { WaiverRequest } from '../model/waiver.ts';

/** Workflow id of an incident; its waves are `firedoor/<incident>/…`. */
export function incidentWorkflowId(incident: string): string {
  return `firedoor/${incident}`;
}

/** What a plan is made from, besides what the workers hold. */
export interface PlanRequest {
  readonly playbook: Playbook;
  readonly parameters: Parameters;
  /** Systems left out of every stage, from `--except`. */
  readonly except: readonly string[];
  /** Stages that take shared roles from the compromised hosts alone, from `--narrow`. */
  readonly narrow: readonly string[];
  /** Waivers asked for, from `--break-glass`. */
  readonly breakGlass?: readonly WaiverRequest[];
}

/** The planner's answer: a plan, or every refusal. Refusals carry places in the files where they are known. */
export type PlanAnswer =
  { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] };

/** Argument of the workflow `incident`. `plan` is the digest people saw; planned again, it must come out the same. */
export interface IncidentInput {
  readonly incident: string;
  readonly request: PlanRequest;
  readonly plan: string;
  readonly start: SignedDecision;
  /** Header of the plan people saw, so that a difference can be shown. Never trusted for anything else. */
  readonly shown: Plan['header'];
  /** Events after which a run continues as new, also before the server suggests it: for tests and drills. */
  readonly continueAfterEvents?: number;
}

/** The update that takes a signed decision and answers what became of it. */
export const decideUpdate = defineUpdate<DecisionRecord, [SignedDecision]>('decide');

/** The same as a signal, for bulk and for clients without updates. */
export const decideSignal = defineSignal<[SignedDecision]>('decide');

/** Puts a request to the estate's ledger; `patient` waits while the ledger is made whole. */
export const askUpdate = defineUpdate<LedgerAnswer, [{ readonly request: LedgerRequest; readonly patient: boolean }]>(
  'ask',
);

/** Every claim the estate's ledger knows; `null` while it is made whole. */
export const claimsQuery = defineQuery<Claims | null>('claims');

/** What an incident has claimed, by its own word. */
export const holdingsQuery = defineQuery<Holdings>('holdings');

/** What an incident captured of some targets, for another that wants them too. */
export const capturesQuery = defineQuery<CapturesAnswer, [Held]>('captures');

/** Everything `firedoor status` shows. */
export const statusQuery = defineQuery<IncidentStatus>('status');

/** The plan being carried out, so that whoever signs can see and hash it. `null` before planning is done. */
export const planQuery = defineQuery<Plan | null>('plan');
