import type { IncidentStatus, TimelineEntry } from '../../model/incident.ts';
import type { Server } from '../context.ts';
import type { ExitCode } from '../exit-codes.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure } from '../failure.ts';
import { readStatus } from './reach.ts';

/** True where an incident goes no further. */
export function isOver({ phase }: Pick<IncidentStatus, 'phase'>): boolean {
  return phase === 'closed' || phase === 'rejected';
}

/** Looks once more at an incident already seen; nothing where no worker or server answers just now. */
export async function lookAgain(server: Server, incident: string): Promise<IncidentStatus | undefined> {
  return await readStatus(server, incident).catch((error: unknown) => {
    if (error instanceof CliFailure && (error.code === 'FD-502' || error.code === 'FD-501')) return undefined;
    throw error;
  });
}

/** Entries of a timeline after the last one seen. It keeps the newest only, so that one may be gone by now. */
export function newEntries(
  timeline: readonly TimelineEntry[],
  last: TimelineEntry | undefined,
): readonly TimelineEntry[] {
  const seen = last === undefined ? -1 : timeline.findLastIndex((entry) => isSame(entry, last));
  return timeline.slice(seen + 1);
}

function isSame(a: TimelineEntry, b: TimelineEntry): boolean {
  return a.at === b.at && a.what === b.what && a.detail === b.detail;
}

/** What an incident that is over came to: 0; 3 with exceptions; or why its start was rejected. */
export function endCode(status: IncidentStatus): ExitCode {
  switch (status.rejection?.kind) {
    case 'stale':
      return exitCodes.stale;
    case 'refused':
      return exitCodes.refused;
    case 'denied':
      return exitCodes.notAuthorised;
    case undefined:
      return status.exceptions.length > 0 ? exitCodes.incomplete : exitCodes.done;
  }
}
