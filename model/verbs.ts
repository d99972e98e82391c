import { z } from 'zod';

/** What a signed decision can say (DESIGN.md, *Decisions*). */
export const verbs = [
  'start',
  'break-glass',
  'approve',
  'deny',
  'hold',
  'resume',
  'skip',
  'extend',
  'abort',
  'release',
  'attest',
  'review',
] as const;
export type Verb = (typeof verbs)[number];
export const verb = z.enum(verbs);
