import { z } from 'zod';
import { durationMs } from '../../model/duration.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import { incidentId } from '../../model/names.ts';
import type { PlanFile } from '../../model/plan.ts';
import { defineCommand } from '../command.ts';
import type { Server } from '../context.ts';
import { keyWords, noteLines, showDryRun } from '../decision/decide.ts';
import { makeDecision } from '../decision/make.ts';
import { signingOptions, signingShape } from '../decision/options.ts';
import { signDocument } from '../decision/sign.ts';
import type { Signer } from '../decision/signer.ts';
import { findSigner } from '../decision/signer.ts';
import { exitCodes } from '../exit-codes.ts';
import { readStartablePlan } from '../incident/plan-input.ts';
import { confirmIncident } from '../prompt.ts';
import { escapeControls } from '../render/escape.ts';
import { nextStep } from '../render/incident-next.ts';
import { renderRefusals } from '../render/refusal.ts';
import { startWords } from '../render/start.ts';
import type { Session } from '../session.ts';

const input = z.strictObject({
  ...signingShape,
  plan: z.string(),
  incident: incidentId,
  confirm: z.string().optional(),
});
type StartInput = z.infer<typeof input>;

/** `firedoor start plan.json --incident INC-42`: signs the start of a plan and hands it to the workers. */
export const startCommand = defineCommand({
  name: 'start',
  summary: 'starts an incident with a plan: signed, and planned again first',
  define: (command) =>
    signingOptions(command.argument('<plan>', 'the file that firedoor plan -o wrote'))
      .requiredOption('--incident <id>', 'what to call it, such as INC-42')
      .option('--confirm <incident>', 'the incident again, where there is no terminal'),
  input,
  run: async (session, given) => {
    const file = await readStartablePlan(session.context, given.plan);
    const signer = await findSigner(session.context, given, file.plan.header.roster);
    noteLines(session, startWords(file.plan, given.incident));
    return await session.withServer(async (server) => {
      const made = makeStart(session, { file, signer, server, given });
      if (given.dryRun) return showDryRun(session, made);
      const what = escapeControls(`You sign as ${signer.id} with ${keyWords(signer)}.`);
      if (!(await confirmIncident(session, { what, incident: given.incident, confirmed: given.confirm }))) {
        session.note('Nothing was signed, and nothing started.');
        return exitCodes.error;
      }
      const start = await signDocument(session.context, signer.key, made.document);
      const { launchIncident } = await import('../incident/launch.ts');
      await launchIncident(server, { incident: given.incident, file, start, reason: made.decision.reason });
      return await report(session, server, given.incident);
    });
  },
});

function makeStart(
  session: Session,
  { file, signer, server, given }: { file: PlanFile; signer: Signer; server: Server; given: StartInput },
): ReturnType<typeof makeDecision> {
  return makeDecision(
    session.context,
    {
      estate: file.plan.header.estate.name,
      namespace: server.namespace,
      incident: given.incident,
      plan: file.plan.digest,
      verb: 'start',
      by: signer.id,
      reason: given.reason,
    },
    durationMs(given.expires),
  );
}

async function report(session: Session, server: Server, incident: string): Promise<0> {
  const { rejectionFailure, settled } = await import('../incident/settle.ts');
  const status = await settled(session, server, incident);
  if (status.rejection) {
    const refusals = renderRefusals(status.rejection.refusals, session.context.stderr);
    throw rejectionFailure(incident, status.rejection, refusals);
  }
  session.show(
    { schema: 'firedoor/start/v1', incident, plan: status.plan, start: status.start, phase: status.phase },
    () => startedWords(status).map(escapeControls).join('\n'),
  );
  return exitCodes.done;
}

function startedWords(status: IncidentStatus): readonly string[] {
  return [`${status.incident} started by ${status.startedBy}. It is ${status.phase}.`, `Next: ${nextStep(status)}`];
}
