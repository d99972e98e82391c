import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { passedOn, runEntry } from '../passed-on.ts';

/** `firedoor drill`: the whole story on an emulated estate, with real Temporal and real AWS calls. */
export const drillCommand = defineCommand({
  name: 'drill',
  summary: 'plays an attack on an emulated estate, from plan to audit',
  define: (command) =>
    command
      .option('--scenario <name>', 'the emulated estate: retail-and-funeralcare, or small')
      .option('--out <folder>', 'write summary.json there')
      .option('--fast', 'for machines: longer rounds of probes, no web UI')
      .option('--sabotage <part>', 'guard: let everything through, which must end badly'),
  input: z.strictObject({
    scenario: z.string().optional(),
    out: z.string().optional(),
    fast: z.boolean().default(false),
    sabotage: z.string().optional(),
  }),
  run: async ({ options }, given) => {
    const entry = new URL('../../drill/main.ts', import.meta.url).href;
    return await runEntry(entry, 'runDrill', passedOn(given, options));
  },
});
