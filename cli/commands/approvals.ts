import { z } from 'zod';
import type { GateStatus, IncidentStatus } from '../../model/incident.ts';
import { incidentId } from '../../model/names.ts';
import { defineCommand } from '../command.ts';
import type { Server } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { listIncidents } from '../incident/incidents.ts';
import { readStatus } from '../incident/reach.ts';
import { escapeControls } from '../render/escape.ts';
import { deadlineWords } from '../render/gate.ts';
import { gateName, missingWords, nextStep, openGates } from '../render/incident-next.ts';
import { listWords } from '../render/words.ts';

/** `firedoor approvals [INC-42]`: the gates that wait for people, in one incident or in all that run. */
export const approvalsCommand = defineCommand({
  name: 'approvals',
  summary: 'shows the gates that wait: who is missing, and until when',
  define: (command) => command.argument('[incident]', 'such as INC-42; all that run where not given'),
  input: z.strictObject({ incident: incidentId.optional() }),
  run: async (session, { incident }) => {
    const statuses = await session.withServer(async (server) => await readStatuses(server, incident));
    const waiting = statuses.filter((status) => openGates(status).length > 0);
    const approvals = waiting.flatMap((status) =>
      openGates(status).map((gate) => ({ incident: status.incident, plan: status.plan, ...gate })),
    );
    session.show({ schema: 'firedoor/approvals/v1', approvals }, () => {
      const now = session.context.now();
      const lines = waiting.flatMap((status) => [
        ...openGates(status).map((gate) => gateLine(status, gate, now)),
        `  Next: ${nextStep(status)}`,
      ]);
      return lines.length === 0
        ? 'Nothing waits for anybody. Next: firedoor list'
        : lines.map(escapeControls).join('\n');
    });
    return exitCodes.done;
  },
});

async function readStatuses(server: Server, incident: string | undefined): Promise<readonly IncidentStatus[]> {
  if (incident !== undefined) return [await readStatus(server, incident)];
  const running = await listIncidents(server, true);
  return await Promise.all(running.map(async (one) => await readStatus(server, one.incident)));
}

function gateLine({ incident }: IncidentStatus, gate: GateStatus, now: Date): string {
  const signed = gate.approvedBy.length === 0 ? 'nobody signed yet' : `signed by ${listWords(gate.approvedBy)}`;
  return `${incident} gate ${gateName(gate)}: waits for ${missingWords(gate)}${deadlineWords(gate.deadline, now)}; ${signed}`;
}
