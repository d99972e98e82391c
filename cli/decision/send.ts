import { setTimeout as wait } from 'node:timers/promises';
import { sha256 } from '../../documents/digest.ts';
import type { SignedDecision } from '../../model/decision.ts';
import type { DecisionRecord, DenialReason } from '../../model/incident.ts';
import { denialReasons } from '../../model/incident.ts';
import type { Server } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure } from '../failure.ts';
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
      await untilTaken(
        async () =>
          await handle.executeUpdate(decideUpdate, {
            args: [signed],
            updateId: `decide:${sha256(signed.document).replace('sha256:', '')}`,
          }),
      ),
  );
}

/**
 * Sends again what the Service turned away before the incident saw it, as it does when many come at once. It is one decision
 * however often it is sent.
 */
async function untilTaken(send: () => Promise<DecisionRecord>): Promise<DecisionRecord> {
  const endMs = Date.now() + answerWithinMs;
  for (let pauseMs = 100; ; pauseMs = Math.min(2 * pauseMs, 2_000)) {
    try {
      return await send();
    } catch (error) {
      if (!isTurnedAway(error) || Date.now() + pauseMs > endMs) throw error;
      // Spread, so that those turned away together do not come back together.
      await wait(pauseMs * (0.5 + Math.random()));
    }
  }
}

/** The Service's own failure for an update that no workflow task took up (temporalio/temporal#5169). */
function isTurnedAway(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'type' in cause && cause.type === 'UnprocessedUpdate';
}

/** FD-301: what a denied decision ends with, exit 4: why, and what would count instead. */
export function denied(incident: string, record: DecisionRecord): CliFailure {
  const { reason, detail } = record;
  const subject = record.gate === undefined ? '' : ` at ${record.gate}`;
  const why = reason === undefined ? 'no reason was given' : denialReasons[reason];
  const more = detail === undefined ? '' : ` (${detail.replace(/\.$/, '')})`;
  const remedy = reason === undefined ? '' : ` ${remedies[reason]}`;
  const what = `${incident} denied ${record.verb ?? 'the decision'}${subject} by ${record.by ?? 'somebody'}: ${why}${more}.`;
  return new CliFailure(escapeControls(`${what} It was recorded, and did not count.${remedy}`), {
    code: 'FD-301',
    exitCode: exitCodes.notAuthorised,
  });
}

const remedies: Readonly<Record<DenialReason, string>> = {
  malformed: 'Send what firedoor made, unchanged.',
  'unknown-person': 'Sign as somebody of the roster: --as.',
  'bad-signature': 'Sign with the key that allowed_signers has for them: --sign-with.',
  'wrong-estate': 'Sign again, for this one.',
  'wrong-namespace': 'Sign again, for this one.',
  'wrong-incident': 'Sign again, for this one.',
  'wrong-start': 'Sign again, for this one.',
  'wrong-plan': 'Sign again, for this one.',
  expired: 'Sign again.',
  'not-yet-issued': 'Set the clock of the machine you sign on, and sign again.',
  replayed: 'Sign again: a signature counts once.',
  'no-such-gate': 'Those there are: firedoor approvals.',
  'gate-closed': 'What it came to: firedoor status.',
  'not-in-role': 'Somebody who holds the role has to sign.',
  'starter-cannot-approve': 'Somebody else has to sign.',
  'already-counted': 'Others are awaited: firedoor approvals.',
  'not-now': 'Where it is: firedoor status.',
};
