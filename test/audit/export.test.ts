import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';
import { readExport } from '../../audit/document.ts';
import { exportIncident } from '../../audit/export.ts';
import { compression } from '../../worker/data-converter.ts';
import { replayExport } from '../../audit/replay.ts';

const payload = (value: unknown) => ({
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify(value)).toString('base64'),
});
const signed = (words: string) => ({ document: words, signature: 'armoured' });

/** An incident that was told three things and started one wave, which started nothing. */
const histories: Readonly<Record<string, object>> = {
  'firedoor/INC-42': {
    events: [
      {
        eventId: '1',
        eventTime: '2025-04-22T13:00:00.250Z',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
        workflowExecutionStartedEventAttributes: {
          workflowType: { name: 'incident' },
          input: { payloads: [payload({ incident: 'INC-42', start: signed('start') })] },
        },
      },
      {
        eventId: '2',
        eventTime: '2025-04-22T13:00:01Z',
        eventType: 'EVENT_TYPE_CHILD_WORKFLOW_EXECUTION_STARTED',
        childWorkflowExecutionStartedEventAttributes: {
          workflowExecution: { workflowId: 'firedoor/INC-42/cut-off/1/1', runId: 'run-2' },
        },
      },
      {
        eventId: '3',
        eventTime: '2025-04-22T13:00:02Z',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED',
        workflowExecutionUpdateAcceptedEventAttributes: {
          acceptedRequest: { input: { name: 'decide', args: { payloads: [payload(signed('approve'))] } } },
        },
      },
      {
        eventId: '4',
        eventTime: '2025-04-22T13:00:03Z',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED',
        workflowExecutionSignaledEventAttributes: {
          signalName: 'decide',
          input: { payloads: [payload(signed('release'))] },
        },
      },
      {
        eventId: '5',
        eventTime: '2025-04-22T13:00:04Z',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED',
        workflowExecutionSignaledEventAttributes: { signalName: 'captured', input: { payloads: [payload([])] } },
      },
    ],
  },
  'firedoor/INC-42/cut-off/1/1': {
    events: [
      {
        eventId: '1',
        eventTime: '2025-04-22T13:00:01Z',
        eventType: 'EVENT_TYPE_WORKFLOW_EXECUTION_STARTED',
        workflowExecutionStartedEventAttributes: { workflowType: { name: 'wave' } },
      },
    ],
  },
};

/** A client that has these histories; `plan` is what a worker answers, absent where none does. */
function clientOf(plan?: object): Client {
  const handle = (workflowId: string) => ({
    describe: async () => await Promise.resolve({ runId: 'run-1' }),
    fetchHistory: async () => await Promise.resolve(historyFromJSON(histories[workflowId])),
    query: async () =>
      plan === undefined ? await Promise.reject(new Error('no poller')) : await Promise.resolve(plan),
  });
  const client = {
    workflow: { getHandle: handle },
    withDeadline: async (_: number, call: () => Promise<unknown>) => await call(),
  };
  return client as unknown as Client;
}

const request = {
  codec: compression,
  namespace: 'default',
  incident: 'INC-42',
  now: new Date('2025-04-22T18:00:00.000Z'),
};

describe('an export', () => {
  it('has every run, found through the histories, and every signed decision with the event that brought it', async () => {
    const document = await exportIncident({ client: clientOf({ digest: 'x' }), ...request });
    expect(document.runs.map(({ history: _history, sha256: _sum, ...run }) => run)).toEqual([
      { workflowId: 'firedoor/INC-42', runId: 'run-1', workflowType: 'incident', events: 5 },
      { workflowId: 'firedoor/INC-42/cut-off/1/1', runId: 'run-2', workflowType: 'wave', events: 1 },
    ]);
    expect(
      document.decisions.content.map(({ eventId, at, via, signed: { document: words } }) => ({
        eventId,
        at,
        via,
        words,
      })),
    ).toEqual([
      // prettier-ignore
      { eventId: '1', at: '2025-04-22T13:00:00.250Z', via: 'start', words: 'start' },
      { eventId: '3', at: '2025-04-22T13:00:02.000Z', via: 'update', words: 'approve' },
      { eventId: '4', at: '2025-04-22T13:00:03.000Z', via: 'signal', words: 'release' },
    ]);
    expect(document.plan?.content).toEqual({ digest: 'x' });
  });

  it('is written without a worker, and says that plan and status are not there', async () => {
    expect(await exportIncident({ client: clientOf(), ...request })).toMatchObject({ plan: null, status: null });
  });

  it('is read back whole; a part that was changed is named', async () => {
    const document = await exportIncident({ client: clientOf({ digest: 'x' }), ...request });
    const text = JSON.stringify(document, null, 2);
    expect(readExport(text)).toEqual({ ok: true, document: JSON.parse(text) as unknown });
    const problemsOf = (changed: string): unknown => {
      const read = readExport(changed);
      return read.ok ? 'whole' : read.problems;
    };
    const words = 'its content has another sha256 than the export says';
    expect(problemsOf(text.replace('"captured"', '"capture"'))).toEqual([`history of firedoor/INC-42: ${words}`]);
    expect(problemsOf(text.replace('"approve"', '"deny"'))).toEqual([`decisions: ${words}`]);
    expect(problemsOf(text.replace('"digest": "x"', '"digest": "y"'))).toEqual([`plan: ${words}`]);
    expect(problemsOf('{}')).toContainEqual('schema: Invalid input: expected "firedoor/audit-export/v1"');
    expect(problemsOf('{')).toEqual(['it is not JSON']);
  });
});

describe('histories that would make the replayer panic, and never answer', () => {
  const withEvents = async (events: readonly Record<string, unknown>[]): Promise<unknown> => {
    const document = await exportIncident({ client: clientOf(), ...request });
    const [run] = document.runs;
    const changed = { ...run!, events: events.length, history: { events: [...events] } };
    const [replayed] = await replayExport({ ...document, runs: [changed] }, { codePath: 'no-bundle-is-read.js' });
    return replayed?.divergence;
  };
  const started = {
    eventId: '1',
    workflowExecutionStartedEventAttributes: { workflowType: { name: 'wave' }, originalExecutionRunId: 'run-1' },
  };

  it.each([
    ['has no start', [], { eventId: '1', detail: 'the history does not begin with the start of a workflow' }],
    ['has a gap', [started, { eventId: '3' }], { eventId: '2', detail: 'the history has a gap' }],
    ['never began', [started], { detail: 'the workflow had done nothing yet when it was exported' }],
  ] as const)('are reported: one that %s', async (_what, events, divergence) => {
    expect(await withEvents(events)).toEqual(divergence);
  });
});

/** temporalio/sdk-typescript: `type must be a Type` where two copies meet; that a file replays is tested live. */
describe('JSON histories', () => {
  it('need one copy of protobufjs for all packages of the SDK', async () => {
    const scope = path.resolve('node_modules/@temporalio');
    const copies = new Set<string>();
    for (const name of await readdir(scope)) {
      const manifest = path.join(scope, name, 'package.json');
      const { dependencies = {} } = JSON.parse(await readFile(manifest, 'utf8')) as { dependencies?: object };
      if ('protobufjs' in dependencies) copies.add(createRequire(manifest).resolve('protobufjs'));
    }
    expect([...copies]).toEqual([path.resolve('node_modules/protobufjs/index.js')]);
  });
});
