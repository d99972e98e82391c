import { defineCommand } from '../command.ts';
import type { AtGate } from '../decision/at-gate.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import type { Proposal } from '../decision/decide.ts';
import { atGateInput, atGateOptions } from '../decision/options.ts';
import { chooseGate } from '../incident/gates.ts';

/** `firedoor deny INC-42`: closes a gate; the incident holds. Never asks: stopping is fast. */
export const denyCommand = defineCommand({
  name: 'deny',
  summary: 'says no at a gate; the incident then holds',
  define: (command) => atGateOptions(command, 'the one open where not given'),
  input: atGateInput,
  run: async (session, input) => await decideAtGate(session, input, proposeDenial),
});

/** What a denial is put to its signer as: nothing is asked. */
export function proposeDenial({ view, ...said }: AtGate): Proposal {
  return { verb: 'deny', gate: chooseGate(view, { ...said, verb: 'deny' }), words: [], ask: 'nothing' };
}
