import { hostname } from 'node:os';
import type { DataConverter } from '@temporalio/common';
import type { NativeConnection } from '@temporalio/worker';
import { Worker } from '@temporalio/worker';
import type { ActivityDeps } from '../activities/deps.ts';
import { accountActivities, mainActivities } from '../activities/index.ts';
import type { Compile } from '../activities/planning.ts';
import { accountTaskQueue, mainTaskQueue } from '../model/task-queues.ts';
import type { KeptBundle } from './bundle.ts';

export interface WorkerOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly bundle: KeptBundle;
  readonly dataConverter: DataConverter;
  readonly deps: ActivityDeps;
  /** Accounts whose queues to serve. */
  readonly accounts: readonly string[];
  /** A planner other than the product's; only the drill's sabotage has one. */
  readonly compile?: Compile;
}

/** The workers of one process: one for workflows, planning and probes, and one for each account it holds credentials for. */
export async function createWorkers(options: WorkerOptions): Promise<readonly Worker[]> {
  const { connection, namespace, dataConverter, deps } = options;
  const common = {
    connection,
    namespace,
    dataConverter,
    identity: `firedoor ${hostname()} ${process.pid}`,
    shutdownGraceTime: '10s',
    // A dead worker's incidents answer and go on elsewhere after this; the SDK's 10 s is long at 3 a.m.
    stickyQueueScheduleToStartTimeout: '2s',
    // A stop reaches a running batch by the answer to its next heartbeat; a breach leaves two seconds for all of the way.
    maxHeartbeatThrottleInterval: '250ms',
    defaultHeartbeatThrottleInterval: '250ms',
  } as const;
  const main = Worker.create({
    ...common,
    taskQueue: mainTaskQueue,
    workflowBundle: { codePath: options.bundle.codePath },
    activities: mainActivities(deps, options.compile),
  });
  const perAccount = options.accounts.map(
    async (account) =>
      await Worker.create({ ...common, taskQueue: accountTaskQueue(account), activities: accountActivities(deps) }),
  );
  return await Promise.all([main, ...perAccount]);
}
