import { defineCommand } from '../command.ts';
import type { AtGate } from '../decision/at-gate.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import type { Proposal } from '../decision/decide.ts';
import { atGateInput, atGateOptions } from '../decision/options.ts';
import { chooseAttestation } from '../incident/gates.ts';
import { shortDigest } from '../render/words.ts';

/** `firedoor attest INC-42 --gate restore/identity/rebuilt-from-clean-image`: vouches for a fact a tier waits for. */
export const attestCommand = defineCommand({
  name: 'attest',
  summary: 'vouches for a fact that a tier waits for',
  define: (command) => atGateOptions(command, 'restore/<tier>/<what>; the one missing where not given'),
  input: atGateInput,
  run: async (session, input) => await decideAtGate(session, input, proposeAttestation),
});

/** What an attestation is put to its signer as: the fact, and what it is for. */
export function proposeAttestation({ view, signer, ...said }: AtGate): Proposal {
  const gate = chooseAttestation(view, said);
  const [, tier = '', what = ''] = gate.split('/');
  return {
    verb: 'attest',
    gate,
    words: [
      `You, ${signer.id}, vouch for this: ${what}, for tier ${tier} of ${view.status.incident}`,
      `  plan ${shortDigest(view.plan.digest)}`,
    ],
    ask: 'yes',
  };
}
