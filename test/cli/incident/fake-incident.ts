import { compression } from '../../../worker/data-converter.ts';
import { checkSignature } from '../../../activities/proof/signature.ts';
import type { Server } from '../../../cli/context.ts';
import type { SignedDecision } from '../../../model/decision.ts';
import { readDecision } from '../../../model/decision.ts';
import type { DecisionRecord, IncidentStatus } from '../../../model/incident.ts';
import type { Plan } from '../../../model/plan.ts';

/** What came to a fake Temporal Service, in order. */
export interface Received {
  readonly decisions: SignedDecision[];
  readonly updateIds: string[];
  readonly starts: { readonly type: string; readonly options: Readonly<Record<string, unknown>> }[];
}

/** What a fake incident answers. */
export interface FakeIncident {
  readonly status: IncidentStatus | (() => IncidentStatus);
  readonly plan?: Plan | null;
  /** The answer to a decision; where absent, the signature is checked against the plan's roster. */
  readonly answer?: DecisionRecord;
  /** Set where the workflow exists before `start`. */
  readonly described?: { readonly name: string; readonly phase: string };
  readonly startFails?: Error;
  /** What decisions fail with before one is heard, in order. */
  readonly turnedAway?: readonly Error[];
  /** Other incidents that run, or what reading them fails with. */
  readonly others?: readonly (IncidentStatus | { readonly incident: string; readonly fails: Error })[];
}

/** A server with one incident on it, for words and exit codes; its desk does no more than check signatures. */
export function fakeServer(incident: FakeIncident): { readonly server: Server; readonly received: Received } {
  const received: Received = { decisions: [], updateIds: [], starts: [] };
  const status = (): IncidentStatus => (typeof incident.status === 'function' ? incident.status() : incident.status);
  const handle = {
    query: async ({ name }: { name: string }) => (name === 'plan' ? (incident.plan ?? null) : status()),
    executeUpdate: async (_: unknown, { args, updateId }: { args: [SignedDecision]; updateId: string }) => {
      received.decisions.push(args[0]);
      received.updateIds.push(updateId);
      const failure = incident.turnedAway?.[received.updateIds.length - 1];
      if (failure) throw failure;
      return incident.answer ?? (await judge(args[0], incident.plan));
    },
    describe: async () => describe(incident),
  };
  const otherHandle = (other: NonNullable<FakeIncident['others']>[number]) => ({
    query: async () => {
      if ('fails' in other) throw other.fails;
      return other;
    },
  });
  const workflow = {
    getHandle: (workflowId: string) => {
      const other = incident.others?.find((one) => workflowId === `firedoor/${one.incident}`);
      return other ? otherHandle(other) : handle;
    },
    list: async function* () {
      const running = { startTime: new Date(0), status: { name: 'RUNNING' }, searchAttributes: {} };
      for (const one of [status(), ...(incident.others ?? [])])
        yield { ...running, workflowId: `firedoor/${one.incident}` };
    },
    start: async (type: string, options: Readonly<Record<string, unknown>>) => {
      if (incident.startFails) throw incident.startFails;
      received.starts.push({ type, options });
    },
  };
  const client = {
    workflow,
    workflowService: { getWorkflowExecutionHistory: async () => ({}) },
    withDeadline: async (_: number, call: () => Promise<unknown>) => await call(),
  };
  const server = { client, codec: compression, address: 'fake', namespace: 'default', close: async () => undefined };
  return { server: server as unknown as Server, received };
}

async function judge(signed: SignedDecision, plan: Plan | null | undefined): Promise<DecisionRecord> {
  const at = '2025-04-22T13:02:00.000Z';
  const read = readDecision(signed.document);
  if (!read.ok || !plan) return { at, verdict: 'denied', reason: 'malformed' };
  const { verb, by, gate } = read.decision;
  const answer = await checkSignature({
    ...signed,
    by,
    allowedSigners: plan.header.roster.allowedSigners,
    atMs: Date.parse(at),
  });
  const claims = { verb, by, ...(gate === undefined ? {} : { gate }) };
  if (answer.good) return { at, verdict: 'accepted', key: answer.key, ...claims };
  return { at, verdict: 'denied', reason: 'bad-signature', detail: answer.detail, ...claims };
}

function describe({ described }: FakeIncident): object {
  if (!described) throw Object.assign(new Error('not found'), { name: 'WorkflowNotFoundError' });
  return { status: { name: described.name }, typedSearchAttributes: { get: () => described.phase } };
}

/** An error as the client throws it where nobody polls the task queue. */
export function noPoller(): Error {
  return Object.assign(new Error('Failed to query Workflow'), { name: 'ServiceError', cause: { code: 9 } });
}

/** A status with everything of `change` in place of what it would say. */
export function sampleStatus(plan: Plan, change: Partial<IncidentStatus> = {}): IncidentStatus {
  const { header } = plan;
  return {
    schema: 'firedoor/status/v1',
    incident: 'INC-42',
    estate: header.estate.name,
    namespace: 'default',
    playbook: header.playbook.name,
    plan: plan.digest,
    start: `sha256:${'a'.repeat(64)}`,
    startedBy: 'ada@example.org',
    startedAt: '2025-04-22T13:00:00.000Z',
    phase: 'waiting',
    stages: header.stages.map(({ name, action, waves }) => ({
      name,
      action,
      waves: waves.map(({ index, canary, targets }) => ({
        index,
        canary,
        targets,
        verified: name === 'credentials' ? targets : 0,
        state: name === 'credentials' ? 'done' : 'next',
      })),
    })),
    tiers: header.tiers.map(({ name, waves }) => ({
      name,
      state: 'next',
      targets: waves.reduce((sum, wave) => sum + wave.targets, 0),
      released: 0,
    })),
    gates: [
      {
        id: 'cut-off',
        state: 'open',
        quorum: { 'ir-lead': 1, platform: 1 },
        missing: { platform: 1 },
        missingAttestations: [],
        approvedBy: ['cy@example.org'],
        openedAt: '2025-04-22T12:59:41.000Z',
        code: 'K7M2QX',
        deadline: '2025-04-22T13:09:41.000Z',
      },
    ],
    clocks: [],
    waivers: [],
    standings: [
      {
        service: 'store-tills',
        protected: true,
        shares: { normal: 1, degraded: 0, manual: 0, down: 0 },
        floor: { mode: 'degraded', share: 0.95, actual: 1, holds: true },
      },
      {
        service: 'call-centre',
        protected: false,
        shares: { normal: 0, degraded: 0, manual: 0, down: 1 },
      },
    ],
    exceptions: [],
    decisions: [],
    timeline: [
      { at: '2025-04-22T13:00:05.000Z', what: 'acting', detail: 'start accepted' },
      { at: '2025-04-22T13:00:20.000Z', what: 'verified', detail: 'credentials, wave 1: denied' },
      { at: '2025-04-22T13:01:00.000Z', what: 'waiting', detail: 'gate cut-off is open' },
    ],
    ...change,
  };
}
