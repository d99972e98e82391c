import { durationWords } from '../model/duration.ts';
import type { Mode, ServingMode } from '../model/modes.ts';
import type { Waiver } from '../model/waiver.ts';
import { floorsWords } from '../model/waiver.ts';

/** A whole number with commas between thousands: `2,310`. The same whatever the machine's locale. */
export function countWords(count: number): string {
  return String(Math.trunc(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share in percent with at most two decimals, never rounded up: `95%`, `99.98%`. */
export function percentWords(share: number): string {
  return `${Math.floor(share * 10_000 + 1e-4) / 100}%`;
}

/** `degraded or better`; `normal` stands alone, since nothing is better. */
export function atLeastWords(mode: ServingMode): string {
  return mode === 'normal' ? 'normal' : `${mode} or better`;
}

/** A service in one mode and share: `100% degraded`, `stays normal`, `down`. */
export function forecastWords({ mode, share }: { readonly mode: Mode; readonly share: number }): string {
  if (mode === 'down') return 'down';
  if (mode === 'normal' && share === 1) return 'stays normal';
  return share === 1 ? `${mode} everywhere` : `${mode} or better at ${percentWords(share)}`;
}

/** The floors of a waiver and how long they are in force: `50% degraded for 4 h`. */
export function waiverWords({ floor, untilMs }: Pick<Waiver, 'floor' | 'untilMs'>): string {
  return `${floorsWords(floor)} for ${durationWords(untilMs)}`;
}

/** A list of names, cut after a few: `a, b, c and 4 more`. */
export function listWords(names: readonly string[], most = 5): string {
  if (names.length <= most) return names.join(', ');
  return `${names.slice(0, most).join(', ')} and ${countWords(names.length - most)} more`;
}
