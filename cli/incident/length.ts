import { z } from 'zod';
import { duration, durationMs } from '../../model/duration.ts';

const unitsMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const short = /^(\d{1,6})([smhd])$/;

/** A length of time on the command line, in milliseconds: `30m` as people type it, or `PT30M` as files have it. */
export const length = z.string().transform((text, context) => {
  const match = short.exec(text);
  if (match) return Number(match[1]) * unitsMs[match[2] as keyof typeof unitsMs];
  const iso = duration.safeParse(text);
  if (iso.success) return durationMs(iso.data);
  context.addIssue(`expected a length of time such as 30m or PT30M, found "${text.slice(0, 20)}"`);
  return z.NEVER;
});
