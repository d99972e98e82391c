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
