import type { TimelineEntry } from '../../audit/timeline.ts';
import { escapeControls } from './escape.ts';
import type { TimeOptions } from './time.ts';
import { offsetWords, timeWords } from './time.ts';

/** The timeline as text: one line an entry, the day and the offset from UTC where they begin. */
export function timelineLines(entries: readonly TimelineEntry[], time: TimeOptions): readonly string[] {
  const width = Math.max(0, ...entries.map(({ what }) => what.length));
  let day = '';
  return entries.flatMap(({ at, what, detail, by }) => {
    const instant = new Date(at);
    const today = dayWords(instant, time);
    const heading = today === day ? [] : [today];
    day = today;
    const who = by === undefined ? '' : `${by}: `;
    const clock = timeWords(instant, { ...time, seconds: true });
    return [...heading, `  ${clock}  ${escapeControls(what.padEnd(width))}  ${escapeControls(who + detail)}`];
  });
}

/** `Tue 22 April 2025, +01:00`. */
function dayWords(instant: Date, time: TimeOptions): string {
  const words = new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    ...(time.timeZone === undefined ? {} : { timeZone: time.timeZone }),
  }).format(instant);
  return `${words.replace(',', '')}, ${offsetWords(instant, time)}`;
}
