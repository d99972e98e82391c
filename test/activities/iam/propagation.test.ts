import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { waitOutPropagation } from '../../../activities/iam/propagation.ts';
import type { ActivityDeps } from '../../../activities/deps.ts';

const patient = (iamPropagationMs: number): ActivityDeps => ({ iamPropagationMs }) as ActivityDeps;

describe('waiting until IAM has spread a change', () => {
  it('takes its time', async () => {
    const startedMs = performance.now();
    await new MockActivityEnvironment().run(waitOutPropagation, patient(120));
    expect(performance.now() - startedMs).toBeGreaterThan(100);
  });

  it('heartbeats, and keeps what an earlier attempt had done', async () => {
    const done = [{ target: 'aws.iam.user:retail/one', status: 'done' }];
    const environment = new MockActivityEnvironment({ heartbeatDetails: done });
    const beats: unknown[] = [];
    environment.on('heartbeat', (details: unknown) => beats.push(details));
    await environment.run(waitOutPropagation, patient(1_200));
    expect(beats).toEqual([done]);
  });

  it('returns early when cancelled, so that the step can say what it did', async () => {
    const environment = new MockActivityEnvironment();
    setTimeout(() => environment.cancel(), 30);
    await environment.run(waitOutPropagation, patient(600_000));
    expect(environment.context.cancellationSignal.aborted).toBe(true);
  });
});
