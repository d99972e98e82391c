import { sha256 } from '../../documents/digest.ts';
import type { SignedDecision } from '../../model/decision.ts';
import type { DecisionRecord } from '../../model/incident.ts';
import { denialReasons } from '../../model/incident.ts';
import type { Server } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import type { CliFailure } from '../failure.ts';
import { numberedFailure } from '../failure.ts';
import { reaching } from '../incident/reach.ts';
import { escapeControls } from '../render/escape.ts';

/** Longest wait for the answer to a decision; it takes milliseconds where a worker listens. */
const answerWithinMs = 30_000;

/**
 * Sends a signed decision and gives what became of it. The update id is that of the document, so that sending the same
 * bytes twice is one decision.
 *
 * @throws CliFailure where the incident or a worker can't be reached
 */
export async function sendDecision(server: Server, incident: string, signed: SignedDecision): Promise<DecisionRecord> {
  const { decideUpdate, incidentWorkflowId } = await import('../../workflows/messages.ts');
  const handle = server.client.workflow.getHandle(incidentWorkflowId(incident));
  return await reaching(
    server,
    { incident, withinMs: answerWithinMs },
    async () =>
      await handle.executeUpdate(decideUpdate, {
        args: [signed],
        updateId: `decide:${sha256(signed.document).replace('sha256:', '')}`,
      }),
  );
}

/** FD-301: what a denied decision ends with, exit 4. */
export function denied(incident: string, record: DecisionRecord): CliFailure {
  const subject = record.gate === undefined ? '' : ` at ${record.gate}`;
  const why = record.reason === undefined ? 'no reason was given' : denialReasons[record.reason];
  const detail = record.detail === undefined ? '' : ` (${record.detail})`;
  const what = `${incident} denied ${record.verb ?? 'the decision'}${subject} by ${record.by ?? 'somebody'}: ${why}${detail}.`;
  return numberedFailure('FD-301', escapeControls(what), { exitCode: exitCodes.notAuthorised });
}
