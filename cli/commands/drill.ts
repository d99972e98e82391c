import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { passedOn, runEntry } from '../passed-on.ts';

/** `firedoor drill`: the whole story on an emulated estate, with real Temporal and real AWS calls. */
export const drillCommand = defineCommand({
  name: 'drill',
  summary: 'plays an attack on an emulated estate, from plan to audit',
  define: (command) => command.argument('[args...]', 'options of its own').allowUnknownOption(),
  input: z.strictObject({ args: z.array(z.string()).default([]) }),
  run: async ({ options }, { args }) => {
    const entry = new URL('../../drill/main.ts', import.meta.url).href;
    return await runEntry(entry, 'runDrill', passedOn(args, options));
  },
});
