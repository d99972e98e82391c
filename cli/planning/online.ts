import type { WorkflowHandle } from '@temporalio/client';
import { mainTaskQueue } from '../../model/task-queues.ts';
import type { Context, Server } from '../context.ts';
import { CliFailure, numberedFailure } from '../failure.ts';
import { escapeControls } from '../render/escape.ts';

const noWorkerAfterMs = 10_000;
const lookEveryMs = 1_000;
const longestPlanning = '5 minutes';
/** Started, and a task scheduled that nobody took. */
const eventsBeforeAWorker = 2;

/** A short workflow that makes no mutating call, and what it is asked. */
export interface WorkerQuestion {
  readonly workflow: 'plan' | 'advise' | 'radius';
  readonly request: object;
}

/**
 * Has a worker plan or advise: a short workflow reads the live state and runs the planner. Makes no mutating call.
 *
 * @throws CliFailure FD-502 where no worker takes it within about ten seconds; exit 1 where planning itself fails
 */
export async function askWorker<Answer>(
  context: Context,
  server: Server,
  { workflow, request }: WorkerQuestion,
): Promise<Answer> {
  const handle = await server.client.workflow.start(workflow, {
    taskQueue: mainTaskQueue,
    workflowId: `firedoor/${workflow}/${context.randomId()}`,
    args: [request],
    workflowExecutionTimeout: longestPlanning,
  });
  const ended = new AbortController();
  const answer = handle.result().finally(() => ended.abort()) as Promise<Answer>;
  try {
    return await Promise.race([answer, untilUnanswered({ context, server, handle, signal: ended.signal })]);
  } catch (error) {
    // The race may be lost by the workflow: its rejection then is nobody's news.
    answer.catch(() => undefined);
    throw inWords(error);
  }
}

interface Waiting {
  readonly context: Context;
  readonly server: Server;
  readonly handle: WorkflowHandle;
  readonly signal: AbortSignal;
}

/** Rejects when no worker has taken the workflow in time; otherwise never settles. */
async function untilUnanswered({ context, server, handle, signal }: Waiting): Promise<never> {
  for (let waitedMs = 0; waitedMs < noWorkerAfterMs && !signal.aborted; waitedMs += lookEveryMs) {
    await context.sleep(lookEveryMs, signal);
  }
  if (!signal.aborted && (await handle.describe()).historyLength <= eventsBeforeAWorker) {
    await handle.terminate('no worker took it');
    throw numberedFailure(
      'FD-502',
      `No worker takes plans from task queue "${mainTaskQueue}" in namespace ${server.namespace}.`,
    );
  }
  return await new Promise<never>(() => undefined);
}

function inWords(error: unknown): unknown {
  if (!(error instanceof Error) || error.name !== 'WorkflowFailedError') return error;
  let cause: Error = error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return new CliFailure(`Planning failed on the worker: ${escapeControls(cause.message)}`, { cause: error });
}
