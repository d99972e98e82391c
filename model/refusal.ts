import { z } from 'zod';
import { refusalCode } from './codes.ts';

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

/** A way out that was planned and came out clean: the flags to add, and what it costs. */
export const repair = z.strictObject({ words: z.string(), flags: z.string(), result: z.string() });
export type Repair = z.infer<typeof repair>;

/** Why there is no plan: a code, one sentence, the facts behind it, and repairs (DESIGN.md, *The plan*). */
export const refusal = z.strictObject({
  code: refusalCode,
  message: z.string(),
  facts: z.array(refusalFact),
  repairs: z.array(repair),
});
export type Refusal = z.infer<typeof refusal>;
