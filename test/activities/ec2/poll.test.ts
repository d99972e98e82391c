import { describe, expect, it } from 'vitest';
import type { Look } from '../../../activities/ec2/poll.ts';
import { pollTargets, withReads } from '../../../activities/ec2/poll.ts';
import type { StepResult } from '../../../model/step.ts';
import { mockEnvironment } from '../../helpers/activity-deps.ts';

/** Reads that settle each target at the look given; targets without one are never settled. */
function settlingAt(looks: Readonly<Record<string, number>>): {
  readonly asked: (readonly string[])[];
  readonly look: (pending: readonly string[]) => Promise<ReadonlyMap<string, Look>>;
} {
  const asked: (readonly string[])[] = [];
  const look = async (pending: readonly string[]): Promise<ReadonlyMap<string, Look>> => {
    asked.push(pending);
    const one = (target: string): Look =>
      asked.length >= (looks[target] ?? Infinity)
        ? { settled: { target, status: 'done' } }
        : { waits: `look ${asked.length}` };
    return new Map(pending.map((target) => [target, one(target)]));
  };
  return { asked, look };
}

const never: StepResult['outcomes'][number] = { target: 'c', status: 'failed', detail: 'look 3' };

describe('pollTargets', () => {
  it('looks only at what is pending, heartbeats each time, and fails the rest with what the last look showed', async () => {
    const { asked, look } = settlingAt({ a: 1, b: 2 });
    const environment = mockEnvironment();
    let beats = 0;
    environment.on('heartbeat', () => (beats += 1));
    const result: StepResult = await environment.run(
      async () => await pollTargets(['a', 'b', 'c'], { pausesMs: [1, 1], look }),
    );
    expect(asked).toEqual([['a', 'b', 'c'], ['b', 'c'], ['c']]);
    expect(beats).toBe(3);
    expect(result).toEqual({ outcomes: [{ target: 'a', status: 'done' }, { target: 'b', status: 'done' }, never] });
  });

  it('ends a pause at once when cancelled, and says what it did not reach', async () => {
    const { look } = settlingAt({ a: 1 });
    const environment = mockEnvironment();
    const running = environment.run(async () => await pollTargets(['a', 'b'], { pausesMs: [3_600_000], look }));
    setTimeout(() => environment.cancel(), 20);
    expect(await running).toEqual({
      outcomes: [
        { target: 'a', status: 'done' },
        { target: 'b', status: 'not-reached' },
      ],
      stopped: 'cancelled',
    });
  });

  it('counts a target that no read shows as pending', async () => {
    const poll = { pausesMs: [], look: async () => new Map<string, Look>() };
    const result: StepResult = await mockEnvironment().run(async () => await pollTargets(['a'], poll));
    expect(result.outcomes).toEqual([{ target: 'a', status: 'failed', detail: 'no read shows it' }]);
  });

  it('asks for a retry when a read is throttled', async () => {
    const look = async (): Promise<never> => {
      throw Object.assign(new Error('slow down'), { name: 'RequestLimitExceeded' });
    };
    const running = mockEnvironment().run(async () => await pollTargets(['a'], { pausesMs: [], look }));
    await expect(running).rejects.toMatchObject({ type: 'AwsUnavailable', nonRetryable: false });
  });
});

describe('withReads', () => {
  it('puts what reads showed in place of what calls said, and keeps why either stopped', () => {
    const called: StepResult = {
      outcomes: [
        { target: 'c', status: 'done' },
        { target: 'd', status: 'gone' },
      ],
    };
    const merged = { outcomes: [never, called.outcomes[1]] };
    expect(withReads(called, { outcomes: [never] })).toEqual(merged);
    expect(withReads(called, { outcomes: [never], stopped: 'cancelled' })).toEqual({ ...merged, stopped: 'cancelled' });
    expect(withReads({ ...called, stopped: 'refused' }, { outcomes: [never] })).toEqual({
      ...merged,
      stopped: 'refused',
    });
  });
});
