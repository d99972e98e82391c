import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { dataConverterOf } from '../worker/data-converter.ts';
import type { Keyring } from '../worker/keyring.ts';
import type { Divergence } from './divergence.ts';
import { findDivergence, reasonOf } from './divergence.ts';
import type { AuditExport, ExportedRun } from './document.ts';

/** How one run replayed. */
export interface ReplayedRun {
  readonly workflowId: string;
  readonly runId: string;
  readonly events: number;
  /** Where the code went another way than history; absent where it did not. */
  readonly divergence?: Divergence;
}

/**
 * Replays every run of an export with a workflow bundle, offline: the same code on the same history must take the same
 * decisions. Proves determinism and not integrity: signatures and sums do that.
 *
 * @param code the bundle, a file, and the keys its payloads are encrypted with, if they are
 */
export async function replayExport(
  { namespace, runs }: AuditExport,
  { codePath, keyring }: { readonly codePath: string; readonly keyring?: Keyring | undefined },
): Promise<readonly ReplayedRun[]> {
  quiet();
  const begun = runs.filter((run) => unreplayable(run) === undefined);
  const errors = await replay(begun, { namespace, codePath, keyring });
  const replayed: ReplayedRun[] = [];
  for (const run of runs) {
    const at = begun.indexOf(run);
    const divergence = unreplayable(run) ?? (await divergenceOf(run, errors[at], { namespace, codePath, keyring }));
    const { workflowId, runId, events } = run;
    replayed.push({ workflowId, runId, events, ...(divergence ? { divergence } : {}) });
  }
  return replayed;
}

interface Replayer {
  readonly namespace: string;
  readonly codePath: string;
  readonly keyring: Keyring | undefined;
}

type Outcome = 'same' | Error;

/** One outcome a run, in order. */
async function replay(
  runs: readonly Pick<ExportedRun, 'workflowId' | 'history'>[],
  { namespace, codePath, keyring }: Replayer,
): Promise<readonly Outcome[]> {
  // Decisions are judged against the namespace they were signed for; without it a replay worker calls its own `default`,
  // and every start is denied. Its type leaves the option out, the worker takes it.
  const options = { namespace, workflowBundle: { codePath }, dataConverter: dataConverterOf(keyring) };
  const histories = runs.map(({ workflowId, history }) => ({ workflowId, history: historyFromJSON(history) }));
  const outcomes: Outcome[] = [];
  if (histories.length === 0) return outcomes;
  for await (const { error } of Worker.runReplayHistories(options, histories)) outcomes.push(error ?? 'same');
  return outcomes;
}

async function divergenceOf(
  run: ExportedRun,
  outcome: Outcome | undefined,
  replayer: Replayer,
): Promise<Divergence | undefined> {
  if (outcome === 'same') return undefined;
  if (outcome === undefined) return notReplayed;
  const eventId = await findDivergence(run.history.events, async (events) => {
    const [part] = await replay([{ workflowId: run.workflowId, history: { events: [...events] } }], replayer);
    return part !== 'same';
  });
  return { ...(eventId === undefined ? {} : { eventId }), detail: reasonOf(outcome) };
}

const notReplayed: Divergence = { detail: 'the replayer gave no answer for it' };

/**
 * Why a history can't be given to the replayer at all: it has no beginning, or is broken off before its first workflow
 * task was done. The SDK's core panics on such a history and never answers.
 */
function unreplayable({ history: { events } }: ExportedRun): Divergence | undefined {
  const [first] = events;
  const started = first?.['workflowExecutionStartedEventAttributes'];
  const isWhole =
    typeof started === 'object' && started !== null && 'originalExecutionRunId' in started && 'workflowType' in started;
  if (!isWhole) return { eventId: '1', detail: 'the history does not begin with the start of a workflow' };
  const gap = events.findIndex((event, index) => event.eventId !== String(index + 1));
  if (gap >= 0) return { eventId: String(gap + 1), detail: 'the history has a gap' };
  const isBegun = events.some((event) => 'workflowTaskCompletedEventAttributes' in event);
  return isBegun ? undefined : { detail: 'the workflow had done nothing yet when it was exported' };
}

/** A worker's runtime logs to stderr by default. Where the process has one already, it keeps its own. */
function quiet(): void {
  try {
    const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
    Runtime.install({
      logger: new DefaultLogger('ERROR', () => undefined),
      telemetryOptions: { logging: { filter } },
    });
  } catch (error) {
    if (!(error instanceof Error && error.name === 'IllegalStateError')) throw error;
  }
}
