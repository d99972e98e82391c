import { z } from 'zod';
import { readStory } from '../audit-file.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { writeOutput } from '../write-output.ts';

/** `firedoor audit report INC-42.json -o report.html`: an export as a document for people. */
export const auditReportCommand = defineCommand({
  name: 'audit report',
  summary: 'writes an export as one HTML document to read and print, offline',
  writesFile: true,
  define: (command) => command.argument('<export>', 'what firedoor audit export wrote'),
  input: z.strictObject({ export: z.string() }),
  run: async (session, { export: file }) => {
    const path = session.options.file;
    if (path === undefined) throw usageFailure('Say where to write it: -o report.html.');
    const story = await readStory(session, file);
    const { reportHtml } = await import('../../audit/report/report.ts');
    await writeOutput(session, { what: 'report', path, text: reportHtml(story) });
    const { incident } = story;
    const words = `${incident}: the report is in ${path}. It proves nothing by itself: firedoor audit replay ${file}`;
    session.show({ schema: 'firedoor/audit-report-summary/v1', incident, file: path }, () => escapeControls(words));
    return exitCodes.done;
  },
});
