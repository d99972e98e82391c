import { defineCommand } from '../command.ts';
import type { AtGate } from '../decision/at-gate.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import type { Proposal } from '../decision/decide.ts';
import { atGateInput, atGateOptions } from '../decision/options.ts';
import type { Signer } from '../decision/signer.ts';
import { timeOptions } from '../incident/clock.ts';
import { chooseGate } from '../incident/gates.ts';
import type { IncidentView } from '../incident/reach.ts';
import { askedWords, deadlineWords, signedForWords } from '../render/gate.ts';
import { missingWords } from '../render/incident-next.ts';
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
  const gate = chooseGate(view, said);
  const start = await readStart();
  const at = timeWords(new Date(view.status.startedAt), timeOptions(session.context.env));
  return {
    verb: 'approve',
    gate,
    words: [
      waitsWords(session, view, { gate, signer }),
      '',
      ...signedForWords(view.plan.header, view.plan.digest, gate),
      start ? askedWords(start, at) : `Asked by ${view.status.startedBy}, ${at}`,
    ],
    ask: 'yes',
  };
}

/** `INC-42 waits for 1 platform. You are bo@example.org (platform), denied in 7 m 41 s.` */
function waitsWords(
  session: Session,
  { status }: IncidentView,
  { gate, signer }: { readonly gate: string; readonly signer: Signer },
): string {
  const open = status.gates.find((candidate) => candidate.id === gate && candidate.state === 'open');
  const who = `You are ${signer.id} (${signer.roles.join(', ') || 'no role'}).`;
  if (!open) return `${status.incident} does not wait at ${gate} now; what you sign is kept until it does. ${who}`;
  const deadline = deadlineWords(open.deadline, session.context.now());
  return `${status.incident} waits for ${missingWords(open)}${deadline}. ${who}`;
}
