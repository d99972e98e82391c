import { escapeControls } from '../model/visible.ts';
import type { TimelineEntry } from './timeline.ts';

/** One line of a Timesketch JSONL file: its three required fields, the time in microseconds, and ours beside them. */
export interface TimesketchLine {
  readonly schema: 'firedoor/audit-timeline-entry/v1';
  readonly message: string;
  readonly datetime: string;
  readonly timestamp: number;
  readonly timestamp_desc: string;
  readonly incident: string;
  readonly what: string;
  readonly by?: string;
  readonly targets: readonly string[];
  readonly workflow_id?: string;
  readonly run_id?: string;
  readonly event_id?: string;
}

/** An entry as Timesketch reads it (https://timesketch.org/guides/user/import-from-json-csv/). */
export function timesketchLine(
  incident: string,
  { at, what, detail, by, targets, place }: TimelineEntry,
): TimesketchLine {
  return {
    schema: 'firedoor/audit-timeline-entry/v1',
    message: `${what}: ${detail}`,
    datetime: at.replace('Z', '+00:00'),
    timestamp: Date.parse(at) * 1_000,
    timestamp_desc: `firedoor ${what}`,
    incident,
    what,
    ...(by === undefined ? {} : { by }),
    targets,
    ...(place && { workflow_id: place.workflowId, run_id: place.runId, event_id: place.eventId }),
  };
}

const columns = [
  'datetime',
  'what',
  'message',
  'by',
  'targets',
  'timestamp',
  'timestamp_desc',
  'workflow_id',
  'event_id',
] as const;

/** The entries as CSV (RFC 4180), for spreadsheets and for Timesketch: its column names, and no cell that is a formula. */
export function timelineCsv(incident: string, entries: readonly TimelineEntry[]): string {
  const rows = entries.map((entry) => {
    const line = timesketchLine(incident, entry);
    return columns.map((column) => {
      const value = line[column];
      return csvCell(typeof value === 'object' ? value.join(' ') : String(value ?? ''));
    });
  });
  return [columns, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/**
 * A cell of CSV that a spreadsheet shows and never runs (OWASP, CSV injection): one that begins like a formula gets an
 * apostrophe before it, also behind blanks; controls are written out.
 */
export function csvCell(text: string): string {
  const isFormula = /^[\s\u00a0'"]*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/.test(text);
  const cell = escapeControls(isFormula ? `'${text}` : text);
  return /[",;']|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
