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
  readonly runId: string;
}

/**
 * Fetches every run of a workflow, and of every child it started, and of their children: of each workflow from its first
 * run on, as they continued as new. Runs that retention took are left out.
 */
export async function fetchRuns(client: Client, workflowId: string): Promise<readonly FetchedRun[]> {
  const found: FetchedRun[] = [];
  const waiting: Run[] = await firstRunsOf(client, workflowId);
  for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
    const fetched = await fetchRun(client, run);
    found.push(fetched);
    const { history } = fetched;
    const next = history.events?.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
    if (next) waiting.unshift({ workflowId: run.workflowId, runId: next });
    waiting.push(...childrenOf(history));
  }
  return found;
}

/** The first run of a workflow; the current one alone where the first is gone. */
async function firstRunsOf(client: Client, workflowId: string): Promise<Run[]> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const current = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const first = current.events?.[0]?.workflowExecutionStartedEventAttributes?.firstExecutionRunId;
  const isKept = first
    ? await client.workflow
        .getHandle(workflowId, first)
        .describe()
        .then(
          () => true,
          () => false,
        )
    : false;
  return [{ workflowId, runId: first && isKept ? first : runId }];
}

async function fetchRun(client: Client, { workflowId, runId }: Run): Promise<FetchedRun> {
  const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const json = JSON.parse(historyToJSON(history)) as ExportedRun['history'];
  const started = history.events?.[0]?.workflowExecutionStartedEventAttributes;
  const exported = {
    workflowId,
    runId,
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
