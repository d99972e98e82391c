import { z } from 'zod';
import type { ServingMode } from './modes.ts';
import { modes, servingMode } from './modes.ts';
import { name } from './names.ts';

/** Hosts and principals that are contained, in flight, or not running: `C` of DESIGN.md, *Continuity, exactly*. */
export interface Contained {
  readonly hosts: ReadonlySet<string>;
  readonly principals: ReadonlySet<string>;
}

/**
 * Sites whose probe of a mode fails: `F`. A failing probe takes that mode and every better one from the site. `since` is
 * when it was first seen to fail, in milliseconds; absent where that is now.
 */
export const failing = z.array(
  z.strictObject({ service: name, mode: servingMode, sites: z.array(z.string()), since: z.number().optional() }),
);
export type Failing = z.infer<typeof failing>;

/** What continuity remembers (DESIGN.md, *Continuity, exactly*); times in milliseconds, of any one clock. */
export interface Clocks {
  /** When each system that is down went down, by name; one that is down and not in here went down now. */
  readonly downSince: Readonly<Record<string, number>>;
  /** By service, then by class of sites in the slice's order. */
  readonly lastBetter: Readonly<Record<string, readonly ClassMemory[]>>;
}

/**
 * When sites of one class were last in a better mode than the one named; now where absent. By what probes take from them
 * and since when, as `groupsOf` in `planner/site-groups.ts` keys it; empty for sites that probes find well.
 */
export type ClassMemory = Readonly<Record<string, Readonly<Partial<Record<ServingMode, number>>>>>;

/** One round of probes: what fails, and how many were asked. */
export const probeRound = z.strictObject({ failing, probes: z.number().int().min(0) });
export type ProbeRound = z.infer<typeof probeRound>;

/** How one service stands: the weight of sites by best mode, as shares of all. */
export const standing = z.strictObject({
  service: name,
  protected: z.boolean(),
  shares: z.record(z.enum(modes), z.number()),
  /** The worst floor: what it asks, and what there is. Absent where the service has none. */
  floor: z
    .strictObject({
      tier: name.optional(),
      mode: servingMode,
      share: z.number(),
      actual: z.number(),
      holds: z.boolean(),
    })
    .optional(),
});
export type Standing = z.infer<typeof standing>;

/** What the guard said of a wave, and what it weighed: recorded in history for the audit. */
export const guardVerdict = z.strictObject({
  allowed: z.boolean(),
  /** Services the wave makes worse in the model; their floors were weighed with probes. */
  worsened: z.array(name),
  /** Of those, the ones whose floor would not hold. */
  breached: z.array(name),
  /** Of those, the ones whose floor holds now and falls before what is contained is due back. */
  falls: z.array(z.strictObject({ service: name, atMs: z.number(), because: z.string() })),
  standings: z.array(standing),
});
export type GuardVerdict = z.infer<typeof guardVerdict>;
