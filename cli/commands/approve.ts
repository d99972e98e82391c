import { defineCommand } from '../command.ts';
import { decideAtGate } from '../decision/at-gate.ts';
import { atGateInput, atGateOptions } from '../decision/options.ts';
import type { Signer } from '../decision/signer.ts';
import { timeOptions } from '../incident/clock.ts';
import { chooseGate } from '../incident/gates.ts';
import type { IncidentView } from '../incident/reach.ts';
import { readStart } from '../incident/start-decision.ts';
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
  run: async (session, input) =>
    await decideAtGate(session, input, async ({ view, signer, server, ...said }) => {
      const gate = chooseGate(view, said);
      const start = await readStart(server, view.status);
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
    }),
});

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
