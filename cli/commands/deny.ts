import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import { chooseGate } from '../incident/gates.ts';

/** `firedoor deny INC-42`: closes a gate; the incident holds. Never asks: stopping is fast. */
export const denyCommand = defineCommand({
  name: 'deny',
  summary: 'says no at a gate; the incident then holds',
  define: (command) => decidingOptions(command).option('--gate <gate>', 'the one open where not given'),
  input: z.strictObject({ ...decidingShape, gate: z.string().optional() }),
  run: async (session, { gate: named, ...input }) =>
    await decide(session, input, (view) => ({
      verb: 'deny',
      gate: chooseGate(view, named),
      words: [],
      ask: 'nothing',
    })),
});
