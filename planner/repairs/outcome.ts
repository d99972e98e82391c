import type { Draft } from '../draft.ts';
import { forecastOf, isSameStanding } from '../shares.ts';
import { forecastWords } from '../words.ts';

/** Protected services that a draft changes at all. */
export function touchedServices({ before, moments }: Draft): readonly string[] {
  const after = moments.at(-1)?.standings ?? before;
  return before
    .filter((standing, index) => standing.protected && !isSameStanding(standing, after[index] ?? standing))
    .map(({ service }) => service);
}

/** How services come out of a draft, in words. */
export function resultWords(draft: Draft, services: readonly string[]): string {
  const last = draft.moments.at(-1)?.standings ?? draft.before;
  const words = last
    .filter(({ service }) => services.includes(service))
    .map((standing) => `${standing.service} ${forecastWords(forecastOf(standing))}`);
  return words.length === 0 ? 'no protected service gets worse' : words.join('; ');
}
