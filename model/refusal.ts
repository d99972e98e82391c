import { z } from 'zod';
import { refusalCode } from './codes.ts';
import { playbook } from './playbook.ts';

/** Where in a file something stands. Lines and columns count from 1. */
export const place = z.strictObject({ file: z.string(), line: z.number().int(), column: z.number().int() });
export type Place = z.infer<typeof place>;

/** A path into a parsed document: `['systems', 4, 'reaches', 1]`. The shell turns it into a {@link Place}. */
export const documentPath = z.strictObject({
  document: z.enum(['estate', 'playbook']),
  path: z.array(z.union([z.string(), z.number()])),
});
export type DocumentPath = z.infer<typeof documentPath>;

/** One line of a refusal: a label, what is so, and where that is written. */
export const refusalFact = z.strictObject({
  label: z.string(),
  text: z.string(),
  at: documentPath.optional(),
  place: place.optional(),
});
export type RefusalFact = z.infer<typeof refusalFact>;

/** A change of the playbook, as lines of a file that go and lines that come instead; either may be none. */
export const playbookChange = z.strictObject({
  at: documentPath,
  place: place.optional(),
  was: z.array(z.string()),
  becomes: z.array(z.string()),
});
export type PlaybookChange = z.infer<typeof playbookChange>;

const outcome = { words: z.string(), result: z.string() };
/** Changes that come with it, and the playbook with all of them made. */
const changed = { changes: z.array(playbookChange).min(1), playbooks: z.array(playbook).min(1) };

/** By flags: systems left out, a narrower action, a floor waived. Where the playbook must be changed too, how. */
const byFlags = z.strictObject({
  ...outcome,
  kind: z.enum(['leave-out', 'narrower', 'break-glass']),
  flags: z.string(),
  changes: changed.changes.optional(),
  playbooks: changed.playbooks.optional(),
});

/**
 * By another playbook: a stage less, a fallback started first, tiers or stages in another order, one tier or one incident
 * split, what is under a time limit given back sooner, more people asked. `split` may come to several playbooks: one
 * incident each.
 */
const byPlaybook = z.strictObject({
  ...outcome,
  kind: z.enum(['leave-out-stage', 'fallback-first', 'reorder', 'split', 'sooner', 'more-people']),
  ...changed,
});

/** A way out that was planned and came out clean: what to do, how to say it to firedoor, and what it costs. */
export const repair = z.discriminatedUnion('kind', [byFlags, byPlaybook]);
export type Repair = z.infer<typeof repair>;

/** Why there is no plan: a code, one sentence, the facts behind it, and repairs (DESIGN.md, *The plan*). */
export const refusal = z.strictObject({
  code: refusalCode,
  message: z.string(),
  facts: z.array(refusalFact),
  repairs: z.array(repair),
});
export type Refusal = z.infer<typeof refusal>;
