import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { exitCodeMeanings, exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { renderFacts } from '../render/table.ts';

/** `firedoor help exit-codes`, and the help of every command. */
export const helpCommand = defineCommand({
  name: 'help',
  summary: 'shows help for a command; `help exit-codes` says what exit codes mean',
  define: (command) => command.argument('[topic...]', 'a command, or exit-codes'),
  input: z.strictObject({ topic: z.array(z.string()).default([]) }),
  run: async (session, { topic }) => {
    if (topic.join(' ') === 'exit-codes') {
      const facts = Object.entries(exitCodeMeanings).map(([code, meaning]) => [code, meaning] as const);
      session.show({ schema: 'firedoor/exit-codes/v1', exitCodes: exitCodeMeanings }, () =>
        renderFacts(facts, { width: 80, indent: '' }).join('\n'),
      );
      return exitCodes.done;
    }
    const text = session.help(topic);
    if (text === undefined) {
      throw usageFailure(`There is no help on "${escapeControls(topic.join(' '))}". Try firedoor --help.`);
    }
    session.write(text);
    return exitCodes.done;
  },
});
