import { z } from 'zod';
import type { Code } from '../../model/codes.ts';
import { codes } from '../../model/codes.ts';
import { defineCommand } from '../command.ts';
import { exitCodes } from '../exit-codes.ts';
import { usageFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';
import { wrap } from '../render/wrap.ts';

/** `firedoor explain FD-201`: what a numbered message means, and what to do. */
export const explainCommand = defineCommand({
  name: 'explain',
  summary: 'says what a numbered message means and what to do',
  define: (command) => command.argument('<code>', 'such as FD-201'),
  input: z.strictObject({ code: z.string() }),
  run: async (session, input) => {
    const code = input.code.toUpperCase();
    if (!isCode(code)) {
      throw usageFailure(`There is no message ${escapeControls(code)}. There are: ${Object.keys(codes).join(', ')}.`);
    }
    const { title, meaning, remedy } = codes[code];
    session.show({ schema: 'firedoor/explanation/v1', code, title, meaning, remedy }, () =>
      [`${code} ${title}`, ...wrap(meaning, 78, '  '), ...wrap(`To do: ${remedy}`, 78, '  ')].join('\n'),
    );
    return exitCodes.done;
  },
});

function isCode(text: string): text is Code {
  return Object.hasOwn(codes, text);
}
