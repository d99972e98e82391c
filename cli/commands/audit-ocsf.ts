import { z } from 'zod';
import { readStory } from '../audit-file.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { escapeControls } from '../render/escape.ts';
import { countWords } from '../render/words.ts';
import { writeOutput } from '../write-output.ts';

/** `firedoor audit ocsf INC-42.json`: an export as OCSF 1.8 events, a line each, for a SIEM. */
export const auditOcsfCommand = defineCommand({
  name: 'audit ocsf',
  summary: 'gives an export as OCSF 1.8 events, one JSON line each, offline',
  writesFile: true,
  define: (command) => command.argument('<export>', 'what firedoor audit export wrote'),
  input: z.strictObject({ export: z.string() }),
  run: async (session, { export: file }) => {
    const { options } = session;
    const story = await readStory(session, file);
    const { ocsfEvents } = await import('../../audit/ocsf/events.ts');
    const { incident } = story;
    const events = ocsfEvents(story);
    const lines = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    const document = { schema: 'firedoor/audit-ocsf/v1', incident, events } as const;
    if (options.file !== undefined) {
      await writeOutput(session, { what: 'events', path: options.file, text: lines });
      const words = `${incident}: ${countWords(events.length, 'event')}, in ${options.file}`;
      session.show(document, () => escapeControls(words));
    } else if (options.format === 'json') session.show(document, () => lines);
    else session.write(lines);
    return exitCodes.done;
  },
});
