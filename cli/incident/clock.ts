import type { Context } from '../context.ts';
import type { TimeOptions } from '../render/time.ts';

/** The time zone to show times in: `TZ` where it names one, else the machine's. */
export function timeOptions(env: Context['env']): TimeOptions {
  const timeZone = env['TZ'];
  if (timeZone === undefined || timeZone === '') return {};
  try {
    new Intl.DateTimeFormat('en-GB', { timeZone });
    return { timeZone };
  } catch {
    return {};
  }
}
