import { z } from 'zod';
import { isAtLeast, servingMode } from './modes.ts';
import { name } from './names.ts';

/** A floor as a waiver lowers it: like an estate's, but it may ask for nothing at all. */
const waivedFloor = z.strictObject({
  tier: name.optional(),
  share: z.number().min(0).max(1),
  mode: servingMode,
});
export type WaivedFloor = z.infer<typeof waivedFloor>;

/** How far a protected service may fall for a time: signed by two people beforehand (DESIGN.md, *Decisions*, Break-glass). */
export const waiver = z.strictObject({
  service: name,
  /** Every floor of the service until then, also those that stay as they are. */
  floor: z.array(waivedFloor).min(1).max(20),
  /** Counted from the accepted start; from then on the estate's own floors are in force. */
  untilMs: z.number().int().min(1),
});
export type Waiver = z.infer<typeof waiver>;

/** What is asked of the planner. Absent floors and times are the least that make the plan clean. */
const waiverRequest = waiver.partial({ floor: true, untilMs: true });
export type WaiverRequest = z.infer<typeof waiverRequest>;
export const waiverRequests = z.array(waiverRequest).max(100);

/** Waivers by workflow time instead of time since the start. */
export function waiversFrom(waivers: readonly Waiver[], startMs: number): readonly Waiver[] {
  return waivers.map((one) => ({ ...one, untilMs: startMs + one.untilMs }));
}

/**
 * The floors of a service that are in force at a time: the waived ones until their waiver ends, from that very moment the
 * estate's own. Planner, guard and watch all ask here.
 *
 * @param waivers - with `untilMs` by the same clock as `atMs`
 */
export function floorsAt(
  service: { readonly name: string; readonly floor: readonly WaivedFloor[] },
  waivers: readonly Waiver[],
  atMs: number,
): readonly WaivedFloor[] {
  return waivers.find((one) => one.service === service.name && atMs < one.untilMs)?.floor ?? service.floor;
}

/** True where holding `one` means that `other` holds too: same sites, no less of them, no worse mode. */
export function implies(one: WaivedFloor, other: WaivedFloor): boolean {
  return one.tier === other.tier && one.share >= other.share && isAtLeast(one.mode, other.mode);
}

/** Floors of a waiver that ask for less than the service's own. */
export function loweredFloors({ floor }: Pick<Waiver, 'floor'>, own: readonly WaivedFloor[]): readonly WaivedFloor[] {
  return floor.filter((waived) => !own.some((real) => implies(waived, real)));
}

function percentWords(share: number): string {
  return `${Math.floor(share * 10_000 + 1e-4) / 100}%`;
}

/** Floors in a few words: `50% degraded, 100% of lifeline manual`. */
export function floorsWords(floors: readonly WaivedFloor[]): string {
  const words = ({ tier, share, mode }: WaivedFloor): string =>
    [percentWords(share), ...(tier === undefined ? [] : [`of ${tier}`]), mode].join(' ');
  return floors.map(words).join(', ');
}
