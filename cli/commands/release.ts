import { z } from 'zod';
import { defineCommand } from '../command.ts';
import type { Proposal } from '../decision/decide.ts';
import { decide } from '../decision/decide.ts';
import { decidingOptions, decidingShape } from '../decision/options.ts';
import type { IncidentView } from '../incident/reach.ts';
import { tierGateWords, tierWords } from '../render/gate.ts';
import { backAgainWords } from '../render/pace.ts';
import { shortDigest } from '../render/words.ts';

/** `firedoor release INC-42`: gives back what is contained, tier by tier, to the state captured before. */
export const releaseCommand = defineCommand({
  name: 'release',
  summary: 'gives back what is contained, tier by tier',
  define: decidingOptions,
  input: z.strictObject(decidingShape),
  run: async (session, input) => await decide(session, input, proposeRelease),
});

/** What a release is put to its signer as: what is given back, in which order. */
export function proposeRelease({ status, plan }: IncidentView): Proposal {
  return {
    verb: 'release',
    words: [
      `${status.incident} gives back, to the state captured before each change, in this order:`,
      ...plan.header.tiers.map((tier) => `  ${tier.name}: ${tierWords(tier)}; ${tierGateWords(tier)}`),
      `  plan ${shortDigest(plan.digest)}; back again ${backAgainWords(plan.header.backAgainMs)}`,
    ],
    ask: 'yes',
  };
}
