import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import type { WorkflowHandleWithFirstExecutionRunId } from '@temporalio/client';
import type { WorkflowBundle } from '@temporalio/worker';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { NotifyActivities, NotifyInput } from '../../activities/notify/notify.ts';
import { mainTaskQueue } from '../../model/task-queues.ts';
import type { Telling } from '../../model/notification.ts';
import type { Bench } from '../helpers/incident-harness.ts';
import { openBench } from '../helpers/incident-harness.ts';
import type { telling } from './telling.ts';
import { end, sayAll, turn, untoldLines } from './telling.ts';

let bench: Bench;
let connection: NativeConnection;
let bundle: WorkflowBundle;
beforeAll(async () => {
  bench = await openBench();
  [connection, bundle] = await Promise.all([
    NativeConnection.connect({ address: bench.server.address }),
    bundleWorkflowCode({ workflowsPath: path.resolve('test/workflows/telling.ts') }),
  ]);
});
afterAll(async () => {
  await connection?.close();
  await bench?.stop();
});

type Handle = WorkflowHandleWithFirstExecutionRunId<typeof telling>;
const codes = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => String(index).padStart(6, '0'));
const denied = (code: string): Telling => ({ kind: 'gate-denied', code, roles: ['platform'] });

/** Runs the messenger with an activity of the test's, and replays every run it made. */
async function withMessenger(
  notify: NotifyActivities['notify'],
  play: (handle: Handle) => Promise<void>,
): Promise<void> {
  const { namespace } = bench.server;
  const { dataConverter } = bench;
  const worker = await Worker.create({
    connection,
    namespace,
    dataConverter,
    taskQueue: mainTaskQueue,
    workflowBundle: bundle,
    activities: { notify },
  });
  const workflowId = `messenger/${randomUUID()}`;
  const runs = new Set<string>();
  await worker.runUntil(async () => {
    const started = await bench.client.workflow.start('telling', { workflowId, taskQueue: mainTaskQueue, args: [{}] });
    runs.add(started.firstExecutionRunId);
    await play(started as Handle);
    runs.add((await bench.client.workflow.getHandle(workflowId).describe()).runId);
  });
  for (const runId of runs) {
    const history = await bench.client.workflow.getHandle(workflowId, runId).fetchHistory();
    const options = { namespace, workflowBundle: bundle, dataConverter };
    await Worker.runReplayHistory(options, history, workflowId);
  }
}

async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('never so');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a messenger', () => {
  test('sends what is said at once in few batches, in order, and what is said twice once', async () => {
    const batches: NotifyInput[] = [];
    const notify: NotifyActivities['notify'] = async (input) => {
      batches.push(input);
      return await Promise.resolve({ untold: [] });
    };
    await withMessenger(notify, async (handle) => {
      const said = codes(25).map(denied);
      await handle.signal(sayAll, [...said, { kind: 'held' }, denied('K7M2QX'), { kind: 'held' }]);
      await handle.signal(end);
      expect(await handle.result()).toEqual([]);
      const sorted = batches.toSorted((a, b) => b.tellings.length - a.tellings.length);
      expect(sorted.map(({ tellings }) => tellings.length)).toEqual([10, 10, 7]);
      const told = batches.flatMap(({ tellings }) => tellings.map((one) => one.telling));
      expect(told).toEqual(expect.arrayContaining([...said, denied('K7M2QX'), { kind: 'held' }]));
      expect(told).toHaveLength(27);
      const ids = batches.flatMap(({ tellings }) => tellings.map(({ id }) => id));
      expect(new Set(ids).size).toBe(27);
    });
  });

  test('drops the oldest of what nobody can take any more, and says so', async () => {
    const told: string[] = [];
    const notify: NotifyActivities['notify'] = async ({ tellings }) => {
      for (const { telling: one } of tellings) if ('code' in one) told.push(one.code);
      return await Promise.resolve({ untold: [] });
    };
    await withMessenger(notify, async (handle) => {
      const all = codes(102);
      await handle.signal(sayAll, all.map(denied));
      await handle.signal(end);
      expect(await handle.result()).toEqual(Array(2).fill('more than 100 notifications wait: the oldest was dropped'));
      expect(told.toSorted()).toEqual(all.slice(2).toSorted());
    });
  });

  test('takes what is not told yet along when its workflow continues as new, under the same ids', async () => {
    const tried: string[] = [];
    const told: string[] = [];
    let isDead = true;
    const notify: NotifyActivities['notify'] = async ({ tellings }) => {
      const ids = tellings.map(({ id }) => id);
      (isDead ? tried : told).push(...ids);
      if (isDead) throw ApplicationFailure.retryable('hooks.example.org: answered 503', 'NotTold');
      return await Promise.resolve({ untold: [] });
    };
    await withMessenger(notify, async (handle) => {
      await handle.signal(sayAll, [{ kind: 'started' }, denied('K7M2QX')]);
      await eventually(() => tried.length >= 2);
      await handle.signal(turn);
      const next = bench.client.workflow.getHandle<typeof telling>(handle.workflowId);
      await eventually(async () => (await next.describe()).runId !== handle.firstExecutionRunId);
      isDead = false;
      await eventually(() => told.length >= 2);
      await next.signal(end);
      expect(await next.result()).toEqual([]);
      expect(new Set(told)).toEqual(new Set(tried.slice(0, 2)));
    });
  });

  test('has a line for what was refused for good, by kind and receiver', async () => {
    const notify: NotifyActivities['notify'] = async () =>
      await Promise.resolve({ untold: [{ receiver: 'hooks.example.org', why: 'answered 404' }] });
    await withMessenger(notify, async (handle) => {
      await handle.signal(sayAll, [{ kind: 'held' }, { kind: 'contained' }]);
      await eventually(async () => (await handle.query(untoldLines)).length > 0);
      expect(await handle.query(untoldLines)).toEqual(['held, contained: hooks.example.org answered 404']);
      await handle.signal(end);
      await handle.result();
    });
  });
});
