/** Work done again and again, and on demand, never twice at once. */
export interface Turns<T> {
  /** Does the work now, after what is under way: what it gives began after it was asked for. */
  readonly take: () => Promise<T>;
  /** Ends after the work under way. */
  readonly end: () => Promise<void>;
}

/**
 * Takes a turn every `everyMs`, longer if turns take longer: the emulator serves one caller at a time, and whoever
 * polls it leaves at least half of its time to the others. Work that fails does not end the turns.
 */
export function startTurns<T>(work: () => Promise<T>, everyMs: number): Turns<T> {
  let queue: Promise<unknown> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let isEnded = false;
  const take = async (): Promise<T> => {
    const turn = queue.then(work);
    queue = turn.catch(() => undefined);
    return await turn;
  };
  const schedule = (lastMs: number): void => {
    if (!isEnded) timer = setTimeout(() => void timed(take).then(schedule), Math.max(everyMs, lastMs));
  };
  schedule(0);
  return {
    take,
    end: async () => {
      isEnded = true;
      clearTimeout(timer);
      await queue;
    },
  };
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work().catch(() => undefined);
  return performance.now() - start;
}
