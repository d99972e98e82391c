import type { Failing, GuardVerdict } from '../model/continuity.ts';
import type { Chunk, Plan, Slice } from '../model/plan.ts';
import type { AcceptedDecision, Warrant } from '../model/step.ts';
import type { GuardTimes } from '../planner/guard.ts';
import type { Children } from './children.ts';
import type { IncidentClocks } from './clocks.ts';
import type { Continuing } from './continuing.ts';
import type { Control } from './control.ts';
import type { DecisionDesk } from './desk.ts';
import type { Gate } from './gate.ts';
import type { Messenger } from './notify.ts';
import type { Progress } from './progress.ts';
import type { IncidentRecord } from './record.ts';
import type { Reservations } from './reservations.ts';
import type { UndoLog } from './undo-log.ts';
import type { Warnings } from './warnings.ts';

/** Hosts and principals an action takes away. */
export interface Touched {
  readonly hosts: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
}

/** The guard: whether floors hold when a wave goes, on the facts of now. The product's is `planner/guard.ts`. */
export type Guard = (question: {
  slice: Slice;
  contained: Touched;
  wave: Touched;
  failing: Failing;
  times: GuardTimes;
}) => GuardVerdict;

/** Everything the steps of one incident share. */
export interface IncidentContext {
  readonly incident: string;
  readonly namespace: string;
  readonly plan: Plan;
  readonly seal: string;
  readonly start: AcceptedDecision;
  readonly guard: Guard;
  readonly control: Control;
  readonly desk: DecisionDesk;
  readonly record: IncidentRecord;
  readonly undo: UndoLog;
  readonly clocks: IncidentClocks;
  /** Tells people what happens; nobody waits for it. */
  readonly messenger: Messenger;
  /** Warns of clocks, beside the procedure. */
  readonly warnings: Warnings;
  readonly progress: Progress;
  readonly children: Children;
  readonly continuing: Continuing;
  /** What is claimed in the estate's ledger, and what others hold. */
  readonly reservations: Reservations;
  /** What is contained or in flight; reserved before a wave acts. */
  readonly contained: { readonly hosts: Set<string>; readonly principals: Set<string> };
}

/** The right to do what a gate opened, for workers to check. */
export function warrantOf(
  context: IncidentContext,
  gate: Gate | undefined,
  also: readonly AcceptedDecision[] = [],
): Warrant {
  return {
    namespace: context.namespace,
    incident: context.incident,
    header: context.plan.header,
    seal: context.seal,
    start: context.start,
    decisions: [...also, ...(gate?.decisions ?? [])],
  };
}

/** A chunk of the plan, by kind and digest; the plan's digests were made from these very chunks. */
export function chunkOf<Kind extends Chunk['kind']>(
  plan: Plan,
  kind: Kind,
  digest: string,
): Extract<Chunk, { kind: Kind }> {
  const chunk = plan.chunks[digest];
  if (chunk?.kind !== kind) throw new TypeError(`the plan lacks chunk ${digest}`);
  return chunk as Extract<Chunk, { kind: Kind }>;
}
