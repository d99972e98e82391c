import { z } from 'zod';

/** How well a site delivers a service, best first (DESIGN.md, *Words*). */
export const modes = ['normal', 'degraded', 'manual', 'down'] as const;
export type Mode = (typeof modes)[number];

/** The modes a service can be designed for. `down` needs nothing and is what is left. */
export const servingModes = ['normal', 'degraded', 'manual'] as const;
export type ServingMode = (typeof servingModes)[number];
export const servingMode = z.enum(servingModes);

/** True where `mode` is at least as good as `least`. */
export function isAtLeast(mode: Mode, least: Mode): boolean {
  return modes.indexOf(mode) <= modes.indexOf(least);
}

/** A need that still holds for a time after the system went down: shelves are not empty at once. */
export interface DelayedNeed {
  readonly on: string;
  /** ISO 8601 duration. */
  readonly after: string;
  /** What happens then, in words: `shelves empty`. */
  readonly then?: string | undefined;
}

/** Something a system or a mode needs: a system by name, one with a delay, all of several needs, or at least some of them. */
export type Need =
  string | DelayedNeed | { readonly all: readonly Need[] } | { readonly atLeast: number; readonly of: readonly Need[] };

/** Every system a need names, in the order written, with repeats. */
export function namesIn(need: Need | undefined): readonly string[] {
  const names: string[] = [];
  if (need !== undefined) addNames(need, names);
  return names;
}

function addNames(need: Need, names: string[]): void {
  if (typeof need === 'string') names.push(need);
  else if ('on' in need) names.push(need.on);
  else for (const part of 'all' in need ? need.all : need.of) addNames(part, names);
}
