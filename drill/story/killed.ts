import { Connection } from '@temporalio/client';
import { plannedHosts } from './emulator.ts';
import type { Check, PartResult, Story } from './part.ts';
import { partResult, statusOf, waitFor } from './part.ts';

/** The wave in which a worker dies: late enough to be in the middle, early enough that others follow. */
const waveToHit = 3;

/** A worker that was killed, and how far its wave was. */
export interface Killing {
  readonly pid: number;
  readonly wave: number;
  readonly callsBefore: number;
}

function groupSwaps(story: Story): ReturnType<Story['company']['stack']['proxy']['calls']> {
  return story.company.stack.proxy
    .calls({ service: 'ec2', action: 'ModifyNetworkInterfaceAttribute' })
    .filter((call) => call.outcome === 'answered' && call.status === 200);
}

/** Part 4 begins: kills the worker that isolates hosts, with SIGKILL, in the middle of a wave. A new one is started later. */
export async function killWorker(story: Story): Promise<Killing> {
  const { screen } = story;
  screen.title('3, 4  Contain: credentials, isolation in waves, evidence; and a worker dies in the middle');
  const status = await waitFor(story, ({ stages }) => cutOff(stages)?.waves[waveToHit - 1]?.state === 'acting', {
    everyMs: 60,
  });
  const wave = cutOff(status.stages)?.waves[waveToHit - 1]?.index ?? waveToHit;
  const pid = await workerIn(story, `firedoor/${story.incident}/cut-off/${wave}/1`);
  const begun = groupSwaps(story).length;
  await until(story, () => groupSwaps(story).length >= begun + 1);
  process.kill(pid, 'SIGKILL');
  screen.settle();
  screen.say(`  worker ${pid} was killed with SIGKILL in wave ${wave}; what it did is at AWS, what it knew is gone`);
  return { pid, wave, callsBefore: groupSwaps(story).length };
}

function cutOff<Stage extends { readonly name: string }>(stages: readonly Stage[]): Stage | undefined {
  return stages.find((stage) => stage.name === 'cut-off');
}

async function until({ ending }: Story, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!isSo()) {
    ending.throwIfAborted();
    if (Date.now() > deadline) throw new Error('the wave made no call in 30 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** The process that runs the wave's activity now, by what Temporal says of it. */
async function workerIn(story: Story, workflowId: string): Promise<number> {
  const { address, namespace } = story.company.stack.temporal;
  const connection = await Connection.connect({ address });
  try {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      const found = await connection.workflowService
        .describeWorkflowExecution({ namespace, execution: { workflowId } })
        .catch(() => undefined);
      const running = found?.pendingActivities?.find(
        (one) => one.activityType?.name?.endsWith('.apply') && one.lastWorkerIdentity,
      );
      const pid = Number(running?.lastWorkerIdentity?.split(' ').at(-1));
      if (Number.isInteger(pid) && pid > 0) return pid;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error(`${workflowId} has no running activity`);
  } finally {
    await connection.close();
  }
}

/** Part 4 ends: another worker went on; every interface was moved exactly twice, and none was forgotten. */
export async function killed(story: Story, killing: Killing): Promise<PartResult> {
  const { company } = story;
  const swaps = groupSwaps(story);
  const moves = new Map<string, number>();
  for (const call of swaps) {
    const id = String(call.parameters['NetworkInterfaceId']);
    moves.set(id, (moves.get(id) ?? 0) + 1);
  }
  const twice = [...moves.values()].filter((count) => count === 2).length;
  const hosts = (await plannedHosts(company)).length;
  const status = await statusOf(story);
  const verified = cutOff(status.stages)?.waves.reduce((sum, wave) => sum + wave.verified, 0) ?? 0;
  const checks: Check[] = [
    {
      promise: 'the worker died in the middle of the wave',
      measured: `${swaps.length - killing.callsBefore} calls came after`,
      ok: swaps.length > killing.callsBefore,
    },
    {
      promise: 'nothing is done twice',
      measured: `${twice} of ${moves.size} interfaces moved twice, as planned`,
      ok: twice === moves.size,
    },
    { promise: 'nothing is forgotten', measured: `${verified} of ${hosts} verified`, ok: verified === hosts },
  ];
  return partResult('killed', checks, { killedInWave: killing.wave, interfaces: moves.size, swaps: swaps.length });
}
