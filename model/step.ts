import { z } from 'zod';
import type { ActionName } from './actions/names.ts';
import { actionName } from './actions/names.ts';
import type { Json } from './canonical.ts';
import type { SignedDecision } from './decision.ts';
import type { ContainChunk, PlanHeader, ReleaseChunk } from './plan.ts';

/** A decision as the incident accepted it. */
export interface AcceptedDecision {
  readonly signed: SignedDecision;
  /** Workflow time of acceptance, ISO 8601. Signatures are verified as of then. */
  readonly acceptedAt: string;
}

/**
 * What a worker must see before it changes anything (DESIGN.md, *Decisions*, Warrant). Trusts nothing from Temporal:
 * the seal is the worker's own MAC on the plan, and every signature is checked again.
 */
export interface Warrant {
  readonly namespace: string;
  readonly incident: string;
  readonly header: PlanHeader;
  readonly seal: string;
  readonly start: AcceptedDecision;
  /** To contain: approvals of the stage's gate. To give back: `release`, and the approvals and attestations of the tier's gate. */
  readonly decisions: readonly AcceptedDecision[];
}

/** The state of one target before its change, with the MAC of the worker that read it. */
export const capture = z.strictObject({
  incident: z.string(),
  plan: z.string(),
  stage: z.string(),
  action: actionName,
  target: z.string(),
  account: z.string(),
  at: z.string(),
  /** What the action needs to give the target back exactly; its shape is the action's own. Never a secret. */
  state: z.custom<Json>((value) => value !== undefined),
  /**
   * The incident that contained the target first, where it is another: its marks are on the target in AWS, and its
   * capture was taken over (docs/decisions/0030).
   */
  origin: z.string().optional(),
  mac: z.string(),
});
export type Capture = Readonly<z.infer<typeof capture>>;

/** The incident whose marks a capture's target bears in AWS. */
export function originOf({ origin, incident }: Pick<Capture, 'origin' | 'incident'>): string {
  return origin ?? incident;
}

/** How one target came out of one step. */
export type TargetStatus =
  | 'done'
  /** It vanished since the plan: reported, not fatal. */
  | 'gone'
  /** It is no longer what was signed for, or no longer what we left: left alone. */
  | 'changed'
  /** Another incident holds it too and gives it back: kept contained. */
  | 'shared'
  /** AWS refused. */
  | 'refused'
  /** It could not be done or verified. */
  | 'failed'
  /** The step stopped before it came to this target. */
  | 'not-reached';

export interface TargetOutcome {
  readonly target: string;
  readonly status: TargetStatus;
  /** One line for people; no secrets. */
  readonly detail?: string;
}

/** Targets of one account within one wave, and the right to touch them. */
export interface StepInput {
  readonly warrant: Warrant;
  readonly chunk: ContainChunk;
  readonly account: string;
  /** Ids; a subset of the chunk's targets, all in `account`. */
  readonly targets: readonly string[];
  /** Captures of other incidents that hold some of the targets; a worker takes over only what bears its own MAC. */
  readonly adoptable?: readonly Capture[];
}

/** The read before the change. `captures` holds those that may be changed; the rest is in `outcomes`, gone or changed. */
export interface CaptureResult {
  readonly captures: readonly Capture[];
  readonly outcomes: readonly TargetOutcome[];
}

export interface ApplyInput extends StepInput {
  readonly captures: readonly Capture[];
}

/** Every target asked for has one outcome. `stopped` says why the rest was not reached. */
export interface StepResult {
  readonly outcomes: readonly TargetOutcome[];
  readonly stopped?: 'cancelled' | 'refused';
}

export interface UndoInput {
  readonly warrant: Warrant;
  readonly chunk: ReleaseChunk;
  readonly account: string;
  readonly action: ActionName;
  /** One for each target to give back, of this action. */
  readonly captures: readonly Capture[];
  /** Every capture of the same targets by other stages: a rotated key is not made active again. */
  readonly others: readonly Capture[];
}

/** The four activities an action consists of. Activity types are `<action>.capture` and so on. */
export interface ActionActivities {
  readonly capture: (input: StepInput) => Promise<CaptureResult>;
  /** Looks before it acts; stops between two targets when cancelled; heartbeats what is done. */
  readonly apply: (input: ApplyInput) => Promise<StepResult>;
  /** Done means that a read shows the effect. */
  readonly verify: (input: ApplyInput) => Promise<StepResult>;
  /** Puts the captured state back, compare and set, and reads it back. Succeeds when the step never happened. */
  readonly undo: (input: UndoInput) => Promise<StepResult>;
}
