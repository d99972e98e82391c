import type { Client } from '@temporalio/client';
import type { PayloadCodec } from '@temporalio/common';
import { incidentWorkflowId, planQuery, statusQuery } from '../workflows/messages.ts';
import { decisionsIn } from './decisions.ts';
import type { AuditExport } from './document.ts';
import { auditExportSchema, partDigest } from './document.ts';
import { fetchRuns } from './histories.ts';

/** What to export. */
export interface ExportRequest {
  readonly client: Client;
  /** How payloads are read. */
  readonly codec: PayloadCodec;
  readonly namespace: string;
  readonly incident: string;
  readonly now: Date;
}

const queryWithinMs = 10_000;

/**
 * Exports an incident: the histories of every run of its workflow, its waves and releases, with plan, status and every signed
 * decision beside them. Needs no worker: without one, plan and status are left out.
 *
 * @throws WorkflowNotFoundError where there is no such incident
 */
export async function exportIncident({ client, codec, namespace, incident, now }: ExportRequest): Promise<AuditExport> {
  const workflowId = incidentWorkflowId(incident);
  const runs = await fetchRuns(client, workflowId);
  const handle = client.workflow.getHandle(workflowId);
  const deadline = (): number => Date.now() + queryWithinMs;
  const plan = await client.withDeadline(deadline(), async () => await handle.query(planQuery)).catch(() => null);
  const status = await client.withDeadline(deadline(), async () => await handle.query(statusQuery)).catch(() => null);
  const own = runs.filter(({ exported }) => exported.workflowId === workflowId);
  const decisions = (await Promise.all(own.map(async (run) => await decisionsIn(run, codec)))).flat();
  return {
    schema: auditExportSchema,
    incident,
    namespace,
    exportedAt: now.toISOString(),
    plan: plan && { sha256: partDigest(plan), content: plan },
    status: status && { sha256: partDigest(status), content: status },
    decisions: { sha256: partDigest(decisions), content: [...decisions] },
    runs: runs.map((run) => run.exported),
  };
}
