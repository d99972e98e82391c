import { z } from 'zod';

const pattern = /^P(?:(\d+)W|(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?)$/;

/** ISO 8601 duration of weeks, days, hours, minutes and seconds. Months and years have no fixed length: refused. */
export const duration = z.string().refine((text) => pattern.test(text) && /\d/.test(text) && !text.endsWith('T'), {
  message: 'expected an ISO 8601 duration such as PT10M or P3D (no months or years)',
});

/** Milliseconds of a duration that has passed {@link duration}. */
export function durationMs(text: string): number {
  const match = pattern.exec(text);
  if (!match) throw new TypeError(`not a duration: ${text}`);
  const [weeks, days, hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((((weeks ?? 0) * 7 + (days ?? 0)) * 24 + (hours ?? 0)) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
}

/** A length of time in words people read at 3 a.m.: `12 s`, `2 m 4 s`, `3 h`, `2 d 4 h`. Rounded up to the second. */
export function durationWords(lengthMs: number): string {
  const total = Math.ceil(lengthMs / 1000);
  const parts: [number, string][] = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'm'],
    [total % 60, 's'],
  ];
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.length === 0 ? '0 s' : shown.map(([count, unit]) => `${count} ${unit}`).join(' ');
}
