import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findDivergence, reasonOf } from '../../audit/divergence.ts';

/** A history of so many workflow tasks, each with one command: events of task k are 4k+1 to 4k+4. */
function history(tasks: number) {
  const kinds = ['workflowTaskScheduled', 'workflowTaskStarted', 'workflowTaskCompleted', 'timerStarted'];
  return Array.from({ length: 4 * tasks }, (_, index) => ({
    eventId: String(index + 1),
    [`${kinds[index % 4]}EventAttributes`]: {},
  }));
}

describe('where a replay diverges', () => {
  it('is the first command of the task that went another way, found in few replays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 300 }), fc.nat(), async (tasks, seed) => {
        const wrong = seed % tasks;
        let replays = 0;
        const found = await findDivergence(history(tasks), async (events) => {
          replays += 1;
          // Commands of a task are compared once the next one starts.
          return await Promise.resolve(events.length > 4 * wrong + 4);
        });
        expect(found).toBe(String(4 * wrong + 4));
        expect(replays).toBeLessThanOrEqual(Math.ceil(Math.log2(tasks)) + 1);
      }),
    );
  });

  it('is told in the words of the replayer, without what is around them', () => {
    const words = `Nondeterminism error: Activity type of scheduled event 'a' does not match activity type of activity command 'b'`;
    const error = new Error(
      `Replay failed. Details: Failure { message: "[TMPRL1100] ${words}", source: "", stack_trace: "" }`,
    );
    expect(reasonOf(error)).toBe(words);
    expect(reasonOf(new Error('Replay failed\nat'))).toBe('Replay failed');
  });
});
