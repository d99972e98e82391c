import { defineCommand } from '../command.ts';
import type { AtGate } from '../decision/at-gate.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import type { Proposal } from '../decision/decide.ts';
import { atGateInput, atGateOptions } from '../decision/options.ts';
import { timeOptions } from '../incident/clock.ts';
import { chooseGate } from '../incident/gates.ts';
import { askedWords, signedForWords, waitsWords } from '../render/gate.ts';
import { timeWords } from '../render/time.ts';
import type { Session } from '../session.ts';

/** `firedoor approve INC-42`: signs for a gate, after showing in words exactly what is signed. */
export const approveCommand = defineCommand({
  name: 'approve',
  summary: 'signs for a stage or a tier that waits',
  define: (command) => atGateOptions(command, 'the one open where not given'),
  input: atGateInput,
  run: async (session, input) => await decideAtGate(session, input, async (at) => await proposeApproval(session, at)),
});

/** What an approval is put to its signer as: who is waited for, what is signed, who asked. */
export async function proposeApproval(
  session: Session,
  { view, signer, readStart, ...said }: AtGate,
): Promise<Proposal> {
  const gate = chooseGate(view, { ...said, verb: 'approve' });
  const start = await readStart();
  const at = timeWords(new Date(view.status.startedAt), timeOptions(session.context.env));
  return {
    verb: 'approve',
    gate,
    words: [
      waitsWords(view, { gate, signer, now: session.context.now() }),
      '',
      ...signedForWords(view.plan.header, view.plan.digest, gate),
      start ? askedWords(start, at) : `Asked by ${view.status.startedBy}, ${at}`,
    ],
    ask: 'yes',
  };
}
