import { z } from 'zod';
import { defineCommand } from '../command.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import { chooseAttestation } from '../incident/gates.ts';
import { shortDigest } from '../render/words.ts';

/** `firedoor attest INC-42 --gate restore/identity/rebuilt-from-clean-image`: vouches for a fact a tier waits for. */
export const attestCommand = defineCommand({
  name: 'attest',
  summary: 'vouches for a fact that a tier waits for',
  define: (command) =>
    decidingOptions(command).option('--gate <gate>', 'restore/<tier>/<what>; the one missing where not given'),
  input: z.strictObject({ ...decidingShape, gate: z.string().optional() }),
  run: async (session, { gate: named, ...input }) =>
    await decide(session, input, (view, signer) => {
      const gate = chooseAttestation(view, named);
      const [, tier = '', what = ''] = gate.split('/');
      return {
        verb: 'attest',
        gate,
        words: [
          `You, ${signer.id}, vouch for this: ${what}, for tier ${tier} of ${input.incident}`,
          `  plan ${shortDigest(view.plan.digest)}`,
        ],
        ask: 'yes',
      };
    }),
});
