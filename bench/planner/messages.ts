import { z } from 'zod';

/** What a measured process is asked, by name. */
export const question = z.strictObject({ op: z.string(), file: z.string().optional() });

/** Milliseconds that something took, by the clock of the process that did it. */
export const timed = z.strictObject({ ms: z.number().positive() });

export const done = z.strictObject({});
export const peakMemory = z.strictObject({ mebibytes: z.number().positive() });
export const version = z.strictObject({ name: z.string(), version: z.string() });

/** The order in which systems are contained, by name, and the waves their hosts go in, by id. */
export const wavesAnswer = z.strictObject({ order: z.array(z.string()), waves: z.array(z.array(z.string())) });

/** What a guard found: systems down with the wave, services it makes worse, and those whose floor would not hold. */
export const guardAnswer = z.strictObject({
  fallen: z.array(z.string()),
  worsened: z.array(z.string()),
  breached: z.array(z.string()),
});
