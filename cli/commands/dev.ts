import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { passedOn, runEntry } from '../passed-on.ts';

/** `firedoor dev`: the local stack, kept up until Ctrl-C. */
export const devCommand = defineCommand({
  name: 'dev',
  summary: 'keeps a local stack up: Temporal with its UI, and an emulated estate',
  define: (command) => command.argument('[args...]', 'options of its own').allowUnknownOption(),
  input: z.strictObject({ args: z.array(z.string()).default([]) }),
  run: async ({ options }, { args }) => {
    const entry = new URL('../../drill/dev.ts', import.meta.url).href;
    return await runEntry(entry, 'runDev', passedOn(args, options));
  },
});
