import { z } from 'zod';
import { timelineCsv, timesketchLine } from '../../audit/timeline-forms.ts';
import { timelineOf } from '../../audit/timeline.ts';
import { readStory } from '../audit-file.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { timeOptions } from '../incident/clock.ts';
import { escapeControls } from '../render/escape.ts';
import { timelineLines } from '../render/timeline.ts';
import { numberWords } from '../render/words.ts';
import { writeOutput } from '../write-output.ts';

/** `firedoor audit timeline INC-42.json`: what happened, in order, for people, programs, spreadsheets and Timesketch. */
export const auditTimelineCommand = defineCommand({
  name: 'audit timeline',
  summary: 'lists what happened, from an export, offline; --jsonl is for Timesketch, -o FILE.csv for spreadsheets',
  writesFile: true,
  define: (command) =>
    command
      .argument('<export>', 'what firedoor audit export wrote')
      .option('--csv', 'CSV instead of text; no cell of it is a formula'),
  input: z.strictObject({ export: z.string(), csv: z.boolean().optional() }),
  run: async (session, { export: file, csv }) => {
    const { options } = session;
    const form = formOf(options.file);
    if (options.file !== undefined && !form) {
      throw usageFailure(
        `-o takes a file that ends in .csv, .jsonl or .json; found "${escapeControls(options.file)}".`,
      );
    }
    const story = await readStory(session, file);
    const { incident } = story;
    const entries = timelineOf(story);
    const document = { schema: 'firedoor/audit-timeline/v1', incident, entries } as const;
    const written = {
      csv: () => timelineCsv(incident, entries),
      jsonl: () => entries.map((entry) => `${JSON.stringify(timesketchLine(incident, entry))}\n`).join(''),
      json: () => `${JSON.stringify(document, null, 2)}\n`,
    };
    if (options.file !== undefined && form) {
      await writeOutput(session, { what: 'timeline', path: options.file, text: written[form]() });
      const words = `${incident}: ${numberWords(entries.length)} entries, in ${options.file}`;
      session.show(document, () => escapeControls(words));
    } else if (csv) session.write(written.csv());
    else if (options.format === 'jsonl') session.write(written.jsonl());
    else session.show(document, () => timelineLines(entries, timeOptions(session.context.env)).join('\n'));
    return exitCodes.done;
  },
});

function formOf(file: string | undefined): 'csv' | 'jsonl' | 'json' | undefined {
  return (['csv', 'jsonl', 'json'] as const).find((form) => file?.endsWith(`.${form}`));
}
