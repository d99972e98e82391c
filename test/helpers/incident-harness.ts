import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { DataConverter, PayloadCodec } from '@temporalio/common';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { fetchRuns } from '../../audit/histories.ts';
import { decisionActivities } from '../../activities/decisions.ts';
import type { NotifyActivities } from '../../activities/notify/notify.ts';
import type { PlanningAnswer, PlanningInput } from '../../activities/planning.ts';
import { sha256 } from '../../activities/proof/seal.ts';
import { NAMESPACE, startTemporalServer } from '../../drill/stack/temporal-server.ts';
import type { TemporalServer } from '../../drill/stack/temporal-server.ts';
import { actionNames } from '../../model/actions/names.ts';
import { canonical } from '../../model/canonical.ts';
import type { Failing } from '../../model/continuity.ts';
import type { Decision, SignedDecision } from '../../model/decision.ts';
import type { DecisionRecord, IncidentResult, IncidentStatus, Phase } from '../../model/incident.ts';
import { ledgerWorkflowId } from '../../model/ledger.ts';
import type { Plan } from '../../model/plan.ts';
import type { ApplyInput, Capture, StepInput, StepResult, TargetOutcome, UndoInput } from '../../model/step.ts';
import { accountTaskQueue, mainTaskQueue } from '../../model/task-queues.ts';
import { codecOf, dataConverterOf } from '../../worker/data-converter.ts';
import { readKeyring } from '../../worker/keyring.ts';
import { failureTypes } from '../../model/failure-type.ts';
import type { IncidentInput } from '../../workflows/messages.ts';
import { decideSignal, decideUpdate, incidentWorkflowId, statusQuery } from '../../workflows/messages.ts';
import type { TestLedger } from './fake-ledger.ts';
import { FakeMarks, fakeCapture, mark, openLedger } from './fake-ledger.ts';
import { makePeople } from './warrants.ts';
import type { People } from './warrants.ts';

/** What the fake AWS of one test does, and what it was asked: `apply i-1` and so on, in order. */
export interface FakeWorld {
  readonly journal: string[];
  /** What bears our marks there; several incidents of one run see the same. */
  readonly marks: FakeMarks;
  /** How a step on a target comes out; `done` where nothing is said. Asked each time anew. */
  outcome: (step: 'capture' | 'apply' | 'verify' | 'undo', target: string) => TargetOutcome['status'];
  /** What probes see failing. */
  failing: () => Failing;
  /** Hosts that reads show as not running. */
  down: () => readonly string[];
  /** How long applying one target takes. */
  applyMs: number;
  /** How long giving one target back takes. */
  undoMs: number;
  /** How planning answers the start. */
  planning: (plan: Plan) => PlanningAnswer;
  /** How people are told; nobody is, where nothing is said. */
  notify: NotifyActivities['notify'];
}

export function fakeWorld(parts: Partial<FakeWorld> = {}): FakeWorld {
  return {
    journal: [],
    marks: new FakeMarks(),
    outcome: () => 'done',
    failing: () => [],
    down: () => [],
    applyMs: 0,
    undoMs: 0,
    planning: (plan) => ({ kind: 'plan', plan, seal: 'sealed', namespace: NAMESPACE, differences: [] }),
    notify: async () => await Promise.resolve({ untold: [] }),
    ...parts,
  };
}

/** One server, one bundle and one set of people for a test file. */
export interface Bench {
  readonly server: BenchServer;
  readonly client: Client;
  readonly codec: PayloadCodec;
  readonly dataConverter: DataConverter;
  /** The file of the keys they are encrypted with. */
  readonly payloadKeysFile: string;
  readonly people: People;
  readonly bundle: WorkflowBundle;
  /** Starts an incident of this plan over a fake world, on workers of its own, and runs `play`. */
  readonly run: (
    options: PlayOptions,
    play: (incident: RunningIncident, stage: Stage) => Promise<void>,
  ) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface PlayOptions {
  readonly plan: Plan;
  readonly world: FakeWorld;
  /** Changes the start before it is signed. */
  readonly start?: Partial<Decision>;
  readonly startedWith?: string;
  /** Events after which the incident continues as new. */
  readonly continueAfterEvents?: number;
}

/** Where an incident plays: others can join it there, in the same world. */
export interface Stage {
  readonly join: (options: Omit<PlayOptions, 'world'>) => Promise<RunningIncident>;
  readonly ledger: TestLedger;
}

/** What somebody says to a running incident. */
export interface Saying extends Partial<Omit<Decision, 'verb' | 'by'>> {
  readonly verb: Decision['verb'];
  readonly by: string;
  /** Whose key signs, if not their own. */
  readonly signedBy?: string;
}

/** A running incident, and people who talk to it. */
export interface RunningIncident {
  readonly handle: WorkflowHandleWithFirstExecutionRunId;
  readonly status: () => Promise<IncidentStatus>;
  /** Waits until the status fits; throws with the status after 20 s. */
  readonly until: (fits: (status: IncidentStatus) => boolean) => Promise<IncidentStatus>;
  readonly phase: (phase: Phase) => Promise<IncidentStatus>;
  readonly sign: (saying: Saying) => Promise<SignedDecision>;
  /** Signs and sends as an update. */
  readonly say: (saying: Saying) => Promise<DecisionRecord>;
  /** Signs and sends as a signal. */
  readonly whisper: (saying: Saying) => Promise<void>;
  /** Tells it nonsense until it has continued as new; needs `continueAfterEvents`. */
  readonly turn: () => Promise<void>;
  readonly result: () => Promise<IncidentResult>;
}

/** Every test of workflows runs with encrypted payloads. */
const keyLine = `test ${randomBytes(32).toString('hex')}\n`;
const keyring = readKeyring(keyLine, 'keys');
const dataConverter = dataConverterOf(keyring);

let incidents = 0;

/** What a bench needs of a server. */
export type BenchServer = Pick<TemporalServer, 'address' | 'namespace' | 'stop'>;

async function devServer(directory: string): Promise<BenchServer> {
  return await startTemporalServer({ log: () => undefined, directory, headless: true });
}

/**
 * Opens the bench, on a real dev server where no other is given.
 *
 * @throws MissingToolError where there is no Temporal CLI and none can be had
 */
export async function openBench(start: (directory: string) => Promise<BenchServer> = devServer): Promise<Bench> {
  const directory = await mkdtemp(path.join(tmpdir(), 'firedoor-bench-'));
  const [server, people, bundle] = await Promise.all([
    start(directory),
    makePeople(),
    bundleWorkflowCode({
      workflowsPath: path.resolve('workflows/index.ts'),
      failureConverterPath: path.resolve('worker/failure-converter.ts'),
      logger: silent,
    }),
  ]);
  const payloadKeysFile = path.join(directory, 'payload-keys');
  await writeFile(payloadKeysFile, keyLine);
  const { address, namespace } = server;
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace, dataConverter });
  const run: Bench['run'] = async (options, play) => {
    const common = { connection: native, namespace, dataConverter, maxHeartbeatThrottleInterval: '200ms' } as const;
    const [started, plans] = [new Set<string>(), new Map<string, Plan>()];
    const ledger = openLedger(client, options.plan.header.estate.name, started);
    const activities = { ...mainFakes(options.world, plans), ...ledger.activities };
    const workers = await Promise.all([
      Worker.create({ ...common, taskQueue: mainTaskQueue, workflowBundle: bundle, activities }),
      Worker.create({ ...common, taskQueue: accountTaskQueue('retail'), activities: accountFakes(options.world) }),
    ]);
    const [main, account] = workers;
    const join = async (joining: Omit<PlayOptions, 'world'>): Promise<RunningIncident> => {
      plans.set(canonical(joining.plan.header), joining.plan);
      incidents += 1;
      started.add(`INC-${incidents}`);
      return await startIncident({ client, people, namespace }, joining, `INC-${incidents}`);
    };
    await account.runUntil(async () => {
      await main.runUntil(async () => await play(await join(options), { join, ledger }));
    });
    for (const incident of started) await replay(incidentWorkflowId(incident));
    await replay(ledgerWorkflowId(ledger.name));
    // Nobody works for them any more: what they hold must not stand in the way of the next run.
    const left = [...[...started].map(incidentWorkflowId), ledgerWorkflowId(ledger.name)];
    await Promise.all(left.map(async (id) => await client.workflow.getHandle(id).terminate().catch(ignore)));
  };
  /** Replays every run of the incident and of its children with the same bundle: every history that tests make must replay. */
  const replay = async (workflowId: string): Promise<void> => {
    const runs = await fetchRuns(client, workflowId);
    const begun = runs.filter(({ history }) =>
      history.events?.some((event) => event.workflowTaskCompletedEventAttributes),
    );
    const histories = begun.map(({ exported, history }) => ({ workflowId: exported.workflowId, history }));
    // Its type leaves the namespace out, the worker takes it; payloads are bound to theirs.
    const options = { namespace, workflowBundle: bundle, dataConverter };
    const outcomes = Worker.runReplayHistories(options, histories);
    for await (const { workflowId: id, error } of outcomes)
      if (error) throw new Error(`replaying ${id}`, { cause: error });
  };
  const stop = async (): Promise<void> => {
    await Promise.all([connection.close(), native.close()]);
    await Promise.all([server.stop(), people.remove()]);
    await rm(directory, { recursive: true, force: true });
  };
  return { server, client, codec: codecOf(keyring), dataConverter, payloadKeysFile, people, bundle, run, stop };
}

const ignore = (): void => undefined;
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

/** @param plans those of the run, by their headers' canonical forms */
function mainFakes(world: FakeWorld, plans: ReadonlyMap<string, Plan>) {
  return {
    ...decisionActivities(),
    compilePlan: async ({ shown }: PlanningInput) =>
      await Promise.resolve(world.planning(plans.get(canonical(shown)) as Plan)),
    probeRound: async () => await Promise.resolve({ failing: world.failing(), probes: 1 }),
    notify: world.notify,
  };
}

function accountFakes(world: FakeWorld): Record<string, (input: never) => Promise<unknown>> {
  const steps = {
    capture: captureFake(world),
    apply: applyFake(world),
    verify: verifyFake(world),
    undo: undoFake(world),
  };
  const named = actionNames.flatMap((action) => Object.entries(steps).map(([step, run]) => [`${action}.${step}`, run]));
  return {
    ...Object.fromEntries(named),
    readFacts: async () => await Promise.resolve({ down: world.down() }),
    readMarks: async () => {
      if (!world.marks.isReadable) throw ApplicationFailure.nonRetryable('no', failureTypes.refusedByAws);
      return await Promise.resolve({ marked: world.marks.marked });
    },
    awaitEvidence: async () => await Promise.resolve({ failed: [] }),
  };
}

function captureFake(world: FakeWorld) {
  return async (input: StepInput) => {
    const captures: Capture[] = [];
    const outcomes: TargetOutcome[] = [];
    for (const target of input.targets) {
      world.journal.push(`capture ${target}`);
      const status = world.outcome('capture', target);
      const found = status === 'done' ? fakeCapture(world.marks, input, target) : { target, status };
      if ('status' in found) outcomes.push(found);
      else captures.push(found);
    }
    return await Promise.resolve({ captures, outcomes });
  };
}

function applyFake(world: FakeWorld) {
  return async (input: ApplyInput): Promise<StepResult> => {
    const outcomes: TargetOutcome[] = [];
    const beat = setInterval((context: Context) => context.heartbeat(outcomes.length), 100, Context.current());
    try {
      return await applyEach(world, input, outcomes);
    } finally {
      clearInterval(beat);
    }
  };
}

async function applyEach(world: FakeWorld, input: ApplyInput, outcomes: TargetOutcome[]): Promise<StepResult> {
  for (const [index, target] of input.targets.entries()) {
    Context.current().heartbeat(outcomes.length);
    const rest = input.targets.slice(index).map((left): TargetOutcome => ({ target: left, status: 'not-reached' }));
    if (Context.current().cancellationSignal.aborted) return { outcomes: [...outcomes, ...rest], stopped: 'cancelled' };
    const capture = input.captures.find((one) => one.target === target);
    const isShared = capture?.origin !== undefined && world.marks.of(capture.action, target) === capture.origin;
    world.journal.push(`${isShared ? 'share' : 'apply'} ${target}`);
    if (world.applyMs > 0) await new Promise((resolve) => setTimeout(resolve, world.applyMs));
    const status = world.outcome('apply', target);
    if (status === 'done') mark(world.marks, 'apply', capture);
    outcomes.push({ target, status });
    if (status === 'refused') return { outcomes: [...outcomes, ...rest.slice(1)], stopped: 'refused' };
  }
  return { outcomes };
}

function verifyFake(world: FakeWorld) {
  return async (input: ApplyInput): Promise<StepResult> => {
    const outcomes = input.targets.map((target) => {
      world.journal.push(`verify ${target}`);
      return { target, status: world.outcome('verify', target) };
    });
    return await Promise.resolve({ outcomes });
  };
}

function undoFake(world: FakeWorld) {
  return async (input: UndoInput): Promise<StepResult> => {
    const outcomes: TargetOutcome[] = [];
    for (const capture of input.captures) {
      const { target, stage } = capture;
      world.journal.push(`undo ${stage} ${target}`);
      if (world.undoMs > 0) await new Promise((resolve) => setTimeout(resolve, world.undoMs));
      const status = world.outcome('undo', target);
      if (status === 'done') mark(world.marks, 'undo', capture);
      outcomes.push({ target, status });
    }
    return { outcomes };
  };
}

interface Surroundings {
  readonly client: Client;
  readonly people: People;
  readonly namespace: string;
}

async function startIncident(
  around: Surroundings,
  options: Omit<PlayOptions, 'world'>,
  incident: string,
): Promise<RunningIncident> {
  const { client, people, namespace } = around;
  const { plan } = options;
  const common = { kind: 'Decision' as const, estate: plan.header.estate.name, namespace, incident, plan: plan.digest };
  const signAs = async (document: string, by: string): Promise<SignedDecision> => ({
    document,
    signature: await people.sign(by, document),
  });
  const spoken = (parts: Partial<Decision>): string =>
    canonical({
      ...common,
      reason: 'because',
      issued: new Date().toISOString(),
      expires: new Date(Date.now() + 600_000).toISOString(),
      nonce: randomBytes(16).toString('hex'),
      ...parts,
    });
  const startDocument = spoken({ verb: 'start', by: 'ada@example.org', ...options.start });
  const start = await signAs(startDocument, options.startedWith ?? options.start?.by ?? 'ada@example.org');
  const input: IncidentInput = {
    incident,
    request: { playbook: {} as IncidentInput['request']['playbook'], parameters: {}, except: [], narrow: [] },
    plan: plan.digest,
    start,
    shown: plan.header,
    ...(options.continueAfterEvents === undefined ? {} : { continueAfterEvents: options.continueAfterEvents }),
  };
  const handle = await client.workflow.start('incident', {
    workflowId: incidentWorkflowId(incident),
    taskQueue: mainTaskQueue,
    args: [input],
  });
  const sign = async ({ signedBy, ...saying }: Saying): Promise<SignedDecision> =>
    await signAs(spoken({ start: sha256(startDocument), ...saying }), signedBy ?? saying.by);
  const status = async (): Promise<IncidentStatus> => await handle.query(statusQuery);
  const until: RunningIncident['until'] = async (fits) => {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const found = await status();
      if (fits(found)) return found;
      if (Date.now() > deadline) throw new Error(`never so: ${JSON.stringify(found, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const runId = async (): Promise<string> => (await client.workflow.getHandle(handle.workflowId).describe()).runId;
  const turn = async (): Promise<void> => {
    const before = await runId();
    for (let told = 0; (await runId()) === before; told += 1) {
      if (told === 100) throw new Error('it never continued as new');
      await handle.signal('decide', { document: 'nonsense', signature: '' });
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return {
    handle,
    turn,
    status,
    until,
    phase: async (phase) => await until((found) => found.phase === phase),
    sign,
    say: async (saying) => await handle.executeUpdate(decideUpdate, { args: [await sign(saying)] }),
    whisper: async (saying) => await handle.signal(decideSignal, await sign(saying)),
    result: async () => (await handle.result()) as IncidentResult,
  };
}
