import { z } from 'zod';
import { actionName } from './actions/names.ts';
import { incidentId, name } from './names.ts';
import { capture } from './step.ts';

/** What incidents and the estate's ledger say to each other (docs/decisions/0030). Shapes are strict: anybody who may write to the namespace can send them. */

const count = z.number().int().min(0);
const targets = z.array(z.string().min(1).max(256)).max(20_000);

/** Workflow id of an estate's ledger. */
export function ledgerWorkflowId(estate: string): string {
  return `firedoor/estate/${estate}`;
}

/** Targets held through one action: what two incidents can share, and the last one out gives back. */
export const held = z.strictObject({ action: actionName, targets });
export type Held = z.infer<typeof held>;

/** A wave of an incident, and what it takes. */
const wave = z.strictObject({ stage: name, wave: count, attempt: count, ...held.shape });

export type WaveHeld = z.infer<typeof wave>;

/** Everything one incident has claimed, by its own word: how a ledger is made whole again. */
export const holdings = z.strictObject({
  incident: incidentId,
  estate: name,
  /** Of the targets, `asked`: those only asked for so far; `leaving`: those being given back. */
  waves: z.array(z.strictObject({ ...wave.shape, asked: targets, leaving: targets })),
});
export type Holdings = z.infer<typeof holdings>;

/** What reads of AWS show contained by marks of ours, by the incident whose mark it is. */
export const marked = z.strictObject({ incident: incidentId, ...held.shape });
export type Marked = z.infer<typeof marked>;

/** An asking by its number; numbers mean something to the ledger that gave them, and to no later one. */
const asking = z.strictObject({ ledger: z.string(), number: count });
export type Asking = z.infer<typeof asking>;

/** What an incident no longer holds, told in passing. */
const done = z.array(held);

export const ledgerRequest = z.discriminatedUnion('kind', [
  /** Wakes the ledger, or starts it. */
  z.strictObject({ kind: z.literal('enrol'), incident: incidentId }),
  /** Reserves a wave's targets. `again` repeats an asking whose answer said to wait; without it all others are looked at anew. */
  z.strictObject({ kind: z.literal('claim'), incident: incidentId, ...wave.shape, again: asking.optional(), done }),
  /** Asks which targets to give back, and marks them: nobody else may take them until they are dropped. */
  z.strictObject({ kind: z.literal('leave'), incident: incidentId, held: z.array(held), done }),
  /** Leaves targets to another incident that holds them too. */
  z.strictObject({ kind: z.literal('hand-over'), incident: incidentId, to: incidentId, held: z.array(held) }),
  /** Targets that an incident no longer holds; with `upTo` only where they were claimed before that asking, since somebody else says so. */
  z.strictObject({ kind: z.literal('drop'), incident: incidentId, held: z.array(held), upTo: asking.optional() }),
  /** All that an incident holds: it is over. */
  z.strictObject({ kind: z.literal('end'), incident: incidentId }),
  /** Compares all claims with the incidents that made them and with AWS. */
  z.strictObject({ kind: z.literal('recheck'), incident: incidentId }),
]);
export type LedgerRequest = z.infer<typeof ledgerRequest>;

/** Hosts and principals, as messages carry them; sorted. */
export const containedIds = z.strictObject({ hosts: z.array(z.string()), principals: z.array(z.string()) });
export type ContainedIds = z.infer<typeof containedIds>;

/** Targets of a claim that another incident claimed before. */
const shared = z.strictObject({ incident: incidentId, leaving: z.boolean(), ...held.shape });
export type Shared = z.infer<typeof shared>;

export const ledgerAnswer = z.discriminatedUnion('kind', [
  /** Done; nothing to tell. */
  z.strictObject({ kind: z.literal('noted') }),
  /** Reserved. `others`: what other incidents have contained or in flight. */
  z.strictObject({
    kind: z.literal('claimed'),
    asking,
    others: containedIds,
    by: z.array(incidentId),
    shared: z.array(shared),
  }),
  /** `alone`: yours to give back, and marked. `shared`: others hold these too. */
  z.strictObject({
    kind: z.literal('leaving'),
    asking,
    alone: z.array(held),
    shared: z.array(shared),
    others: containedIds,
  }),
  /** `refused`: the other incident holds these no longer; ask again. */
  z.strictObject({ kind: z.literal('handed-over'), refused: z.array(held) }),
  z.strictObject({ kind: z.literal('rechecked'), dropped: count, dead: z.array(incidentId) }),
  /** The ledger is being made whole: ask again, with patience. */
  z.strictObject({ kind: z.literal('rebuilding') }),
  /** It could not be made whole, so nothing may act. */
  z.strictObject({ kind: z.literal('unready'), why: z.string() }),
]);
export type LedgerAnswer = z.infer<typeof ledgerAnswer>;

/** What an incident answers when another asks what it captured of some targets; that question is a {@link Held}. */
export const capturesAnswer = z.strictObject({
  /** Of targets it holds and isn't giving back. */
  captures: z.array(capture),
  /** Targets it is at work on: in flight, not verified, or being given back. */
  unsettled: targets,
  /** True while it waits for people. */
  isHolding: z.boolean(),
});
export type CapturesAnswer = z.infer<typeof capturesAnswer>;
