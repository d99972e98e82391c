import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { temporal } from '@temporalio/proto';
import type { ExportedRun } from './document.ts';
import { partDigest } from './document.ts';

/** Events of one run, as the client gives them. */
export type History = temporal.api.history.v1.IHistory;

/** One run as fetched: in JSON for the export, and as the client gave it for reading. */
export interface FetchedRun {
  readonly exported: ExportedRun;
  readonly history: History;
}

interface Run {
  readonly workflowId: string;
  readonly runId?: string | undefined;
}

/**
 * Fetches the history of a workflow and of every child it started, and their children, in the order they were started.
 * The latest run of the first; of children exactly the run that was started.
 */
export async function fetchRuns(client: Client, first: Run): Promise<readonly FetchedRun[]> {
  const found: FetchedRun[] = [];
  const waiting: Run[] = [first];
  for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
    const fetched = await fetchRun(client, run);
    found.push(fetched);
    waiting.push(...childrenOf(fetched.history));
  }
  return found;
}

async function fetchRun(client: Client, { workflowId, runId }: Run): Promise<FetchedRun> {
  const exactRunId = runId ?? (await client.workflow.getHandle(workflowId).describe()).runId;
  const history = await client.workflow.getHandle(workflowId, exactRunId).fetchHistory();
  const json = JSON.parse(historyToJSON(history)) as ExportedRun['history'];
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const exported = {
    workflowId,
    runId: exactRunId,
    workflowType: started?.workflowType?.name ?? '',
    events: json.events.length,
    sha256: partDigest(json),
    history: json,
  };
  return { exported, history };
}

/** Runs that a history says were started as children. */
function childrenOf({ events }: History): readonly Run[] {
  return (events ?? []).flatMap(({ childWorkflowExecutionStartedEventAttributes: started }) => {
    const { workflowId, runId } = started?.workflowExecution ?? {};
    return workflowId && runId ? [{ workflowId, runId }] : [];
  });
}
