import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { passedOn, runEntry } from '../passed-on.ts';

/** `firedoor dev`: the local stack, kept up until Ctrl-C. */
export const devCommand = defineCommand({
  name: 'dev',
  summary: 'keeps a local stack up: Temporal with its UI, and an emulated estate',
  define: (command) => command.option('--scenario <name>', 'the emulated estate: retail-and-funeralcare, or small'),
  input: z.strictObject({ scenario: z.string().optional() }),
  run: async ({ options }, { scenario }) => {
    const entry = new URL('../../drill/dev.ts', import.meta.url).href;
    return await runEntry(entry, 'runDev', passedOn({ scenario }, options));
  },
});
