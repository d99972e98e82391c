import { z } from 'zod';
import { incidentId } from '../../model/names.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { timeOptions } from '../incident/clock.ts';
import { readStatus } from '../incident/reach.ts';
import { escapeControls } from '../render/escape.ts';
import { nextLine, statusLines } from '../render/status.ts';

/** `firedoor status INC-42`: where an incident stands now. */
export const statusCommand = defineCommand({
  name: 'status',
  summary: 'shows where an incident stands',
  define: (command) => command.argument('<incident>', 'such as INC-42'),
  input: z.strictObject({ incident: incidentId }),
  run: async (session, { incident }) => {
    const { context, options } = session;
    const status = await session.withServer(async (server) => await readStatus(server, incident));
    session.show(status, () => {
      const lines = statusLines(status, {
        now: context.now(),
        time: timeOptions(context.env),
        width: context.stdout.columns ?? 80,
        draws: context.stdout.isTTY && !options.plain,
        events: 5,
      });
      return [...lines, '', nextLine(status)].map(escapeControls).join('\n');
    });
    return exitCodes.done;
  },
});
