import { z } from 'zod';
import { modes, servingMode } from './modes.ts';
import { name } from './names.ts';

/** Hosts and principals that are contained, in flight, or not running: `C` of DESIGN.md, *Continuity, exactly*. */
export interface Contained {
  readonly hosts: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
}

/** Sites whose probe of a mode fails: `F`. A failing probe takes that mode and every better one from the site. */
export const failing = z.array(z.strictObject({ service: name, mode: servingMode, sites: z.array(z.string()) }));
export type Failing = z.infer<typeof failing>;

/** One round of probes: what fails, and how many were asked. */
export const probeRound = z.strictObject({ failing, probes: z.number().int().min(0) });
export type ProbeRound = z.infer<typeof probeRound>;

/** How one service stands: the weight of sites by best mode, as shares of all. */
export const standing = z.strictObject({
  service: name,
  protected: z.boolean(),
  shares: z.record(z.enum(modes), z.number()),
  /** The worst floor: what it asks, and what there is. Absent where the service has none. */
  floor: z.strictObject({ mode: servingMode, share: z.number(), actual: z.number(), holds: z.boolean() }).optional(),
});
export type Standing = z.infer<typeof standing>;

/** What the guard said of a wave, and what it weighed: recorded in history for the audit. */
export const guardVerdict = z.strictObject({
  allowed: z.boolean(),
  /** Services the wave makes worse in the model; their floors were weighed with probes. */
  worsened: z.array(name),
  /** Of those, the ones whose floor would not hold. */
  breached: z.array(name),
  standings: z.array(standing),
});
export type GuardVerdict = z.infer<typeof guardVerdict>;
