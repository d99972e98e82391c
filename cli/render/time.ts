import { durationWords } from '../../model/duration.ts';

/** How local times are shown: in the process's time zone, or in one given (tests). */
export interface TimeOptions {
  readonly timeZone?: string | undefined;
  /** Seconds too. @default false */
  readonly seconds?: boolean;
}

/** `14:32`: the local time of day. The offset stands once a screen: {@link offsetWords}. */
export function timeWords(instant: Date, options: TimeOptions = {}): string {
  return new Intl.DateTimeFormat('en-GB', {
    hour: '2-digit',
    minute: '2-digit',
    ...(options.seconds ? { second: '2-digit' as const } : {}),
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
  }).format(instant);
}

/** `+01:00`: the offset of local time from UTC at that instant. */
export function offsetWords(instant: Date, options: TimeOptions = {}): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZoneName: 'longOffset',
    ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
  }).formatToParts(instant);
  const name = parts.find((part) => part.type === 'timeZoneName')?.value ?? 'GMT';
  return name === 'GMT' ? '+00:00' : name.replace('GMT', '');
}

/** `13:02`, `Tue 13:02` within a week, else `9 d 4 h ago`: a time before now. */
export function earlierWords(instant: Date, now: Date, options: TimeOptions = {}): string {
  const lengthMs = now.getTime() - instant.getTime();
  return Math.abs(lengthMs) >= 6 * 86_400_000 ? `${durationWords(lengthMs)} ago` : laterWords(now, -lengthMs, options);
}

/** `22:04`, or `Thu 22:04` on another day: a time some while after an instant. */
export function laterWords(from: Date, lengthMs: number, options: TimeOptions = {}): string {
  const at = new Date(from.getTime() + lengthMs);
  const day = (instant: Date): string =>
    new Intl.DateTimeFormat('en-GB', {
      weekday: 'short',
      ...(options.timeZone === undefined ? {} : { timeZone: options.timeZone }),
    }).format(instant);
  const isFar = lengthMs >= 6 * 86_400_000;
  if (isFar) return `${durationWords(lengthMs)} later`;
  return day(at) === day(from) ? timeWords(at, options) : `${day(at)} ${timeWords(at, options)}`;
}
