import type { ExportedRun } from './document.ts';

type Events = ExportedRun['history']['events'];

/** Where and how a replay left its history. */
export interface Divergence {
  /** The event that a replay would not have written, or the first of the few it is among. */
  readonly eventId?: string;
  readonly detail: string;
}

/** The replayer's own reason, without the envelopes around it. */
export function reasonOf(error: Error): string {
  const inner = /\[TMPRL1100\] (.*?)\\?",? source:/s.exec(error.message)?.[1];
  return (inner ?? error.message.split('\n')[0] ?? error.name).replaceAll('\\"', '"').slice(0, 500);
}

/** Whether a part of a history, from its start, leaves the code's way. */
export type Diverges = (events: Events) => Promise<boolean>;

/**
 * Finds the event a divergence begins at: the replayer says what is wrong and not where. A history is cut after the start
 * of a workflow task, as a worker gets it; the shortest part that diverges does so in the commands of the task before.
 *
 * @returns the id of the first event those commands made; nothing where no part diverges
 */
export async function findDivergence(events: Events, diverges: Diverges): Promise<string | undefined> {
  const cuts = events.flatMap((event, index) => ('workflowTaskStartedEventAttributes' in event ? [index] : []));
  let [good, bad] = [0, cuts.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (await diverges(events.slice(0, (cuts[middle] ?? 0) + 1))) bad = middle;
    else good = middle;
  }
  // Without a part that diverges it is in what came after the last task.
  const completed = events.findIndex(
    (event, index) => index > (cuts[bad - 1] ?? 0) && 'workflowTaskCompletedEventAttributes' in event,
  );
  return completed < 0 ? undefined : events[completed + 1]?.eventId;
}
