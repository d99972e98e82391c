import { z } from 'zod';
import { incidentId } from '../../model/names.ts';
import { defineCommand } from '../command.ts';
import { renderAsk } from '../decision/ask.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { readView } from '../incident/reach.ts';
import { readSignedStart } from '../incident/start-decision.ts';
import { writeOutput } from '../write-output.ts';

/** `firedoor decision ask INC-42 -o ask.json`: what somebody without access to Temporal decides from. */
export const decisionAskCommand = defineCommand({
  name: 'decision ask',
  summary: 'writes what somebody without access to Temporal needs in order to decide',
  writesFile: true,
  define: (command) => command.argument('<incident>', 'such as INC-42'),
  input: z.strictObject({ incident: incidentId }),
  run: async (session, { incident }) => {
    const path = session.options.file;
    if (path === undefined) throw usageFailure('Say where it goes: -o FILE.');
    await session.withServer(async (server) => {
      const view = await readView(server, incident);
      const started = await readSignedStart(server, view.status);
      await writeOutput(session, { what: 'question', path, text: renderAsk(view, started, session.context.now()) });
    });
    session.note(`Wrote ${path}. It holds no secret, and names people and systems. Next, where the key is:`);
    session.note(`  firedoor decision make approve ${path} --reason "…" -o decision.json`);
    return exitCodes.done;
  },
});
