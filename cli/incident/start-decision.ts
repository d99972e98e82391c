import { sha256 } from '../../documents/digest.ts';
import type { Decision, SignedDecision } from '../../model/decision.ts';
import { readDecision, signedDecision } from '../../model/decision.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import type { Server } from '../context.ts';

type Started = Pick<IncidentStatus, 'incident' | 'start'>;

/**
 * The decision that started an incident, from the first event of its history, held to the digest that every later decision
 * names: who asked, and why. Nothing where history no longer has it.
 */
export async function readStart(server: Server, status: Started): Promise<Decision | undefined> {
  const signed = await readSignedStart(server, status);
  const read = signed && readDecision(signed.document);
  return read?.ok ? read.decision : undefined;
}

/** {@link readStart}, as it was signed. */
export async function readSignedStart(server: Server, status: Started): Promise<SignedDecision | undefined> {
  const input = await firstArgument(server, status.incident).catch(() => undefined);
  const parsed = signedDecision.safeParse(startOf(input));
  return parsed.success && sha256(parsed.data.document) === status.start ? parsed.data : undefined;
}

function startOf(input: unknown): unknown {
  return typeof input === 'object' && input !== null && 'start' in input ? input.start : undefined;
}

/** One event, and not the history: it may be megabytes. */
async function firstArgument(server: Server, incident: string): Promise<unknown> {
  const { incidentWorkflowId } = await import('../../workflows/messages.ts');
  const { defaultPayloadConverter } = await import('@temporalio/common');
  const { history } = await server.client.workflowService.getWorkflowExecutionHistory({
    namespace: server.namespace,
    execution: { workflowId: incidentWorkflowId(incident) },
    maximumPageSize: 1,
  });
  const payloads = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  const [payload] = await server.codec.decode(payloads.slice(0, 1));
  return payload === undefined ? undefined : defaultPayloadConverter.fromPayload(payload);
}
