import type { AuditExport } from '../../audit/document.ts';
import { partDigest } from '../../audit/document.ts';
import { sha256 } from '../../documents/digest.ts';
import { canonical } from '../../model/canonical.ts';
import type { Chunk, Plan } from '../../model/plan.ts';
import type { Capture, TargetOutcome } from '../../model/step.ts';
import { samplePlan } from '../cli/incident/sample-plan.ts';

/** What a test may set: words of people and of AWS, which an attacker may have written. */
export interface SampleWords {
  readonly reason?: string;
  readonly detail?: string;
  readonly account?: string;
  readonly group?: string;
}

const host = 'i-0ab1';
const start = Date.parse('2025-04-22T13:02:00.000Z');

/** A value as history has it: JSON in base64. */
export function payloads(value: unknown): object {
  return {
    payloads: [
      {
        metadata: { encoding: Buffer.from('json/plain').toString('base64') },
        data: Buffer.from(JSON.stringify(value)).toString('base64'),
      },
    ],
  };
}

/** Events of one run, numbered, each some seconds after the start: `[seconds, kind, attributes]`. */
function history(events: readonly (readonly [number, string, object])[]): AuditExport['runs'][number]['history'] {
  return {
    events: events.map(([seconds, kind, attributes], index) => ({
      eventId: String(index + 1),
      eventTime: new Date(start + seconds * 1_000).toISOString(),
      [`${kind}EventAttributes`]: attributes,
    })),
  };
}

const atSecond = (seconds: number): string => new Date(start + seconds * 1_000).toISOString();

/** Two hosts' worth of an incident: one wave isolates one, one snapshots it, and one gives it back. */
export function sampleExport({
  reason = 'VDI beaconing, ticket 881',
  detail,
  account = 'retail',
  group = 'sg-1',
}: SampleWords = {}): AuditExport {
  const plan = planOf();
  const decision = (fields: object, seconds: number): { document: string; signature: string } => ({
    document: canonical({
      kind: 'Decision',
      estate: 'retail',
      namespace: 'default',
      incident: 'INC-42',
      plan: plan.digest,
      by: 'ada@example.org',
      reason,
      issued: atSecond(seconds),
      expires: atSecond(seconds + 1_800),
      nonce: String(seconds).padStart(32, '0'),
      ...fields,
    }),
    signature: 'armoured',
  });
  const started = decision({ verb: 'start' }, 0);
  const denied = decision({ verb: 'approve', gate: 'cut-off', start: sha256(started.document) }, 20);
  const approved = decision(
    { verb: 'approve', gate: 'cut-off', by: 'bo@example.org', start: sha256(started.document) },
    30,
  );
  const released = decision({ verb: 'release', start: sha256(started.document) }, 100);
  const record = (seconds: number, fields: object): object => ({
    at: atSecond(seconds),
    verdict: 'accepted',
    by: 'ada@example.org',
    words: reason,
    key: 'SHA256:ada',
    ...fields,
  });
  const chunkAt = (index: number): Chunk => plan.chunks[plan.header.stages[index]?.waves[0]?.chunk ?? ''] as Chunk;
  const waveOf = (index: number): object => payloads({ chunk: chunkAt(index), targets: [host], captures: [] });
  const answers = {
    refused: record(20, {
      verdict: 'denied',
      verb: 'approve',
      gate: 'cut-off',
      reason: 'starter-cannot-approve',
      key: undefined,
    }),
    approved: record(30, { verb: 'approve', gate: 'cut-off', by: 'bo@example.org', key: 'SHA256:bo' }),
    released: record(100, { verb: 'release' }),
  };
  const child = (id: string): object => ({ workflowExecution: { workflowId: `firedoor/INC-42/${id}`, runId: id } });
  const done = payloads({ outcomes: [{ target: host, status: 'done' }] });
  const failing = [{ service: 'call-centre', mode: 'normal', sites: ['desk'] }];
  const incident = history([
    [0, 'workflowExecutionStarted', { workflowType: { name: 'incident' }, input: payloads({ start: started }) }],
    [1, 'activityTaskScheduled', { activityType: { name: 'compilePlan' }, input: payloads({}) }],
    [2, 'activityTaskCompleted', { scheduledEventId: '2', result: payloads({ kind: 'plan', plan }) }],
    [20, 'workflowExecutionUpdateAccepted', { acceptedRequest: { input: { name: 'decide', args: payloads(denied) } } }],
    [20, 'workflowExecutionUpdateCompleted', { acceptedEventId: '4', outcome: { success: payloads(answers.refused) } }],
    [
      30,
      'workflowExecutionUpdateAccepted',
      { acceptedRequest: { input: { name: 'decide', args: payloads(approved) } } },
    ],
    [
      30,
      'workflowExecutionUpdateCompleted',
      { acceptedEventId: '6', outcome: { success: payloads(answers.approved) } },
    ],
    [31, 'activityTaskScheduled', { activityType: { name: 'probeRound' }, input: payloads({}) }],
    [32, 'activityTaskCompleted', { scheduledEventId: '8', result: payloads({ failing: [], probes: 4 }) }],
    [33, 'startChildWorkflowExecutionInitiated', { workflowId: 'firedoor/INC-42/cut-off/1/1', input: waveOf(0) }],
    [40, 'childWorkflowExecutionCompleted', { ...child('cut-off/1/1'), result: done }],
    [41, 'activityTaskScheduled', { activityType: { name: 'probeRound' }, input: payloads({}) }],
    [42, 'activityTaskCompleted', { scheduledEventId: '12', result: payloads({ failing, probes: 4 }) }],
    [43, 'startChildWorkflowExecutionInitiated', { workflowId: 'firedoor/INC-42/evidence/1/1', input: waveOf(1) }],
    [50, 'childWorkflowExecutionCompleted', { ...child('evidence/1/1'), result: done }],
    [100, 'workflowExecutionSignaled', { signalName: 'decide', input: payloads(released) }],
    [
      101,
      'startChildWorkflowExecutionInitiated',
      {
        workflowId: 'firedoor/INC-42/restore/people/1/1',
        input: payloads({
          chunk: { kind: 'release', tier: 'people', wave: 1, targets: [host] },
          targets: [host],
          captures: [],
        }),
      },
    ],
    [110, 'childWorkflowExecutionCompleted', { ...child('restore/people/1/1'), result: done }],
    [111, 'workflowExecutionCompleted', { result: payloads({ phase: 'closed', exceptions: [] }) }],
  ]);
  const captured = (stage: string, action: Capture['action'], state: Capture['state']): Capture => ({
    incident: 'INC-42',
    plan: plan.digest,
    stage,
    action,
    target: host,
    account,
    at: atSecond(34),
    state,
    mac: 'a0'.repeat(32),
  });
  const isolated = captured('cut-off', 'aws.ec2.isolate', {
    interfaces: [{ id: 'eni-1', vpc: 'vpc-1', groups: [group, 'sg-2'] }],
  });
  const outcome = (words?: string): { outcomes: TargetOutcome[] } => ({
    outcomes: [{ target: host, status: 'done', ...(words === undefined ? {} : { detail: words }) }],
  });
  const steps = (from: number, action: string, results: Readonly<Record<string, object>>): object =>
    history([
      [from, 'workflowExecutionStarted', { workflowType: { name: 'wave' } }],
      ...Object.entries(results).flatMap(([step, result], index) => {
        const scheduled = 2 + 3 * index;
        const at = from + 1 + index;
        return [
          [at, 'activityTaskScheduled', { activityType: { name: `${action}.${step}` }, input: payloads({ account }) }],
          [at, 'activityTaskStarted', { scheduledEventId: String(scheduled), identity: 'firedoor eu-1', attempt: 1 }],
          [at + 0.5, 'activityTaskCompleted', { scheduledEventId: String(scheduled), result: payloads(result) }],
        ] as const;
      }),
    ]);
  const volumes = captured('evidence', 'aws.ec2.snapshot', { volumes: ['vol-1'] });
  const runs = [
    run('firedoor/INC-42', 'incident', incident),
    run(
      'firedoor/INC-42/cut-off/1/1',
      'wave',
      steps(33, 'aws.ec2.isolate', {
        capture: { captures: [isolated], outcomes: [] },
        apply: outcome(),
        verify: outcome(detail),
      }),
    ),
    run(
      'firedoor/INC-42/evidence/1/1',
      'wave',
      steps(43, 'aws.ec2.snapshot', {
        capture: { captures: [volumes], outcomes: [] },
        apply: outcome(),
        verify: outcome('snap-1'),
      }),
    ),
    run('firedoor/INC-42/restore/people/1/1', 'giveBack', steps(102, 'aws.ec2.isolate', { undo: outcome() })),
  ];
  const status = statusOf(plan, [record(0, { verb: 'start' }), answers.refused, answers.approved, answers.released]);
  const event = (eventId: string, seconds: number, via: 'start' | 'update' | 'signal') => ({
    runId: 'firedoor/INC-42#1',
    eventId,
    at: atSecond(seconds),
    via,
  });
  const decisions = [
    { ...event('1', 0, 'start'), signed: started },
    { ...event('4', 20, 'update'), signed: denied },
    { ...event('6', 30, 'update'), signed: approved },
    { ...event('16', 100, 'signal'), signed: released },
  ];
  return {
    schema: 'firedoor/audit-export/v1',
    incident: 'INC-42',
    namespace: 'default',
    exportedAt: '2025-04-22T18:00:00.000Z',
    plan: { sha256: partDigest(plan), content: plan },
    status: { sha256: partDigest(status), content: status },
    decisions: { sha256: partDigest(decisions), content: decisions as AuditExport['decisions']['content'] },
    runs,
  };
}

function run(workflowId: string, workflowType: string, value: object): AuditExport['runs'][number] {
  const own = value as AuditExport['runs'][number]['history'];
  return {
    workflowId,
    runId: `${workflowId}#1`,
    workflowType,
    events: own.events.length,
    sha256: partDigest(own),
    history: own,
  };
}

/** The sample plan with one host, two stages and one tier, and with a slice in which the call centre needs the host. */
function planOf(): Plan {
  const slice: Plan['slice'] = {
    systems: [
      { name: 'call-centre-vdi', uses: [], hosts: [host], capacity: 1 },
      { name: 'till-gateway', uses: [], hosts: ['i-0ff0'], capacity: 1 },
    ],
    services: [
      {
        name: 'store-tills',
        protected: true,
        floor: [{ share: 0.95, mode: 'degraded' }],
        modes: [{ mode: 'normal', needs: 'till-gateway' }],
        classes: [{ weight: 1, sites: ['store-1', 'store-2'] }],
      },
      {
        name: 'call-centre',
        protected: true,
        floor: [{ share: 1, mode: 'manual' }],
        modes: [{ mode: 'normal', needs: 'call-centre-vdi' }, { mode: 'manual' }],
        classes: [{ weight: 1, sites: ['desk'] }],
      },
    ],
  };
  const target = {
    kind: 'instance',
    id: host,
    account: 'retail',
    region: 'eu-west-2',
    systems: ['call-centre-vdi'],
    calls: 2,
    before: {
      state: 'running',
      interfaces: [{ id: 'eni-1', vpc: 'vpc-1', groups: ['sg-1', 'sg-2'] }],
      volumes: ['vol-1'],
    },
  } as const;
  const isolate: Chunk = {
    kind: 'contain',
    stage: 'cut-off',
    wave: 1,
    action: 'aws.ec2.isolate',
    targets: [
      {
        ...target,
        systems: [...target.systems],
        before: {
          ...target.before,
          interfaces: [{ id: 'eni-1', vpc: 'vpc-1', groups: ['sg-1', 'sg-2'] }],
          volumes: ['vol-1'],
        },
      },
    ],
  };
  const snapshot: Chunk = { ...isolate, stage: 'evidence', action: 'aws.ec2.snapshot' };
  const back: Chunk = { kind: 'release', tier: 'people', wave: 1, targets: [host] };
  const digestOf = (chunk: Chunk): string => sha256(canonical(chunk));
  const roster = { people: [], allowedSigners: '', authority: {} };
  const made = samplePlan(roster, (header) => {
    const [, cutOff, evidence] = header.stages;
    const [, people] = header.tiers;
    if (!cutOff || !evidence || !people) throw new TypeError('the sample plan has other stages');
    const only = (stage: typeof cutOff, chunk: Chunk): typeof cutOff => ({
      ...stage,
      waves: stage.waves.slice(0, 1).map((wave) => ({ ...wave, targets: 1, chunk: digestOf(chunk) })),
    });
    return {
      ...header,
      stages: [only(cutOff, isolate), only(evidence, snapshot)],
      tiers: [{ ...people, waves: [{ index: 1, canary: false, targets: 1, chunk: digestOf(back) }] }],
      slice: sha256(canonical(slice)),
    };
  });
  const chunks = Object.fromEntries([isolate, snapshot, back].map((chunk) => [digestOf(chunk), chunk]));
  return { ...made, slice, chunks };
}

function statusOf(plan: Plan, decisions: readonly object[]): object {
  const at = atSecond;
  return {
    schema: 'firedoor/status/v1',
    incident: 'INC-42',
    estate: 'retail',
    namespace: 'default',
    playbook: 'intrusion',
    plan: plan.digest,
    start: plan.digest,
    startedBy: 'ada@example.org',
    startedAt: at(2),
    phase: 'closed',
    stages: [],
    tiers: [{ name: 'people', state: 'done', targets: 1, released: 1 }],
    gates: [{ id: 'cut-off', state: 'met', quorum: { platform: 1 } }],
    standings: [],
    clocks: [],
    exceptions: [],
    decisions,
    timeline: [
      { at: at(2), what: 'acting', detail: 'start accepted' },
      { at: at(3), what: 'waiting', detail: 'gate cut-off is open' },
      { at: at(60), what: 'contained', detail: 'all stages done' },
      { at: at(111), what: 'closed', detail: 'nothing of ours is left' },
    ],
  };
}
