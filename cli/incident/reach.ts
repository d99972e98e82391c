import { sha256 } from '../../documents/digest.ts';
import { canonical } from '../../model/canonical.ts';
import type { IncidentStatus } from '../../model/incident.ts';
import type { Plan } from '../../model/plan.ts';
import { hasGrpcCode } from '../connect.ts';
import type { Server } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { CliFailure, numberedFailure } from '../failure.ts';

/** gRPC statuses (https://grpc.io/docs/guides/status-codes/). */
const deadlineExceeded = 4;
const failedPrecondition = 9;
const unavailable = 14;

/** What of a status decisions are made from. */
export type DecidedFrom = Pick<
  IncidentStatus,
  | 'incident'
  | 'estate'
  | 'namespace'
  | 'plan'
  | 'start'
  | 'startedBy'
  | 'startedAt'
  | 'hold'
  | 'stages'
  | 'gates'
  | 'clocks'
>;

/** An incident as it stands, with the plan people sign for, verified. */
export interface IncidentView {
  readonly status: DecidedFrom;
  readonly plan: Pick<Plan, 'digest' | 'header'>;
}

/** Reads where an incident stands. @throws CliFailure FD-502 where no worker answers within `withinMs` */
export async function readStatus(server: Server, incident: string, withinMs = 10_000): Promise<IncidentStatus> {
  const { incidentWorkflowId, statusQuery } = await import('../../workflows/messages.ts');
  const handle = server.client.workflow.getHandle(incidentWorkflowId(incident));
  return await reaching(server, { incident, withinMs }, async () => await handle.query(statusQuery));
}

/**
 * Reads status and plan, and hashes the plan's header itself: what is shown is what the digest names, whatever the
 * answer claims.
 *
 * @throws CliFailure where there is no plan yet, or it is another one than the status names
 */
export async function readView(server: Server, incident: string): Promise<IncidentView> {
  const { incidentWorkflowId, planQuery } = await import('../../workflows/messages.ts');
  const status = await readStatus(server, incident);
  const handle = server.client.workflow.getHandle(incidentWorkflowId(incident));
  const plan = await reaching(server, { incident, withinMs: 10_000 }, async () => await handle.query(planQuery));
  if (plan === null) {
    const rejected = status.phase === 'rejected';
    throw new CliFailure(
      rejected
        ? `${incident} was rejected at its start, so there is nothing to decide. Plan again and start it anew.`
        : `${incident} is still being planned. Try again in some seconds: firedoor status ${incident}`,
    );
  }
  if (status.incident !== incident) {
    throw new CliFailure(`Asked for ${incident}, the answer is about another incident. Nothing was signed.`, {
      exitCode: exitCodes.notAuthorised,
    });
  }
  const computed = sha256(canonical(plan.header));
  if (computed !== status.plan || computed !== plan.digest || status.namespace !== server.namespace) {
    throw new CliFailure(
      `The plan of ${incident} is not what its digest says: computed ${computed}, found ${status.plan}. Nothing was signed. Tell the others: somebody may have changed it.`,
      { exitCode: exitCodes.notAuthorised },
    );
  }
  return { status, plan };
}

/** Runs a call about one incident within a time, and turns what can go wrong into words. */
export async function reaching<Value>(
  server: Server,
  about: { readonly incident: string; readonly withinMs: number },
  call: () => Promise<Value>,
): Promise<Value> {
  try {
    return await server.client.withDeadline(Date.now() + about.withinMs, call);
  } catch (error) {
    throw inWords(server, about.incident, error);
  }
}

function inWords(server: Server, incident: string, error: unknown): unknown {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  const is = (code: number): boolean => hasGrpcCode(cause, code) || hasGrpcCode(error, code);
  const name = error instanceof Error ? error.name : '';
  if (name === 'WorkflowNotFoundError') return notRunning(server, incident, error);
  if (name === 'WorkflowUpdateRPCTimeoutOrCancelledError' || is(deadlineExceeded) || is(failedPrecondition)) {
    return numberedFailure('FD-502', `No worker answers for ${incident} in namespace ${server.namespace}.`, {
      cause: error,
    });
  }
  if (is(unavailable)) {
    return numberedFailure('FD-501', `The Temporal Service at ${server.address} went away.`, { cause: error });
  }
  return error;
}

function notRunning(server: Server, incident: string, cause: unknown): CliFailure {
  return new CliFailure(
    `There is no ${incident} in namespace ${server.namespace}, or it is over and takes no decisions. Those there are: firedoor list`,
    { cause },
  );
}
