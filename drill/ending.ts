import { setTimeout as sleep } from 'node:timers/promises';
import { MissingToolError } from './stack/tools.ts';
import { DrillUsageError } from './options.ts';

/** Exit codes of the drill and the local stack, as everywhere in firedoor. */
export const endings = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
export type Ending = (typeof endings)[keyof typeof endings];

/**
 * Runs work that Ctrl-C or TERM ends in order: the signal says so, and the work clears up before it throws. A second press
 * is not held back, and ends this process; the watchdogs of its children then end them.
 *
 * @param fail takes one line for what went wrong
 */
export async function untilInterrupted(
  work: (signal: AbortSignal) => Promise<Ending>,
  fail: (line: string) => void,
): Promise<Ending> {
  const ending = new AbortController();
  const interrupt = (): void => {
    forget();
    fail('\nStopping: ending every process that was started. Once more ends it at once.');
    ending.abort();
  };
  const forget = (): void => void process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await work(ending.signal);
  } catch (error) {
    if (ending.signal.aborted) return endings.interrupted;
    if (error instanceof DrillUsageError) {
      fail(error.message);
      return endings.usage;
    }
    fail(error instanceof MissingToolError ? error.message : `It failed: ${String(error)}`);
    return endings.failed;
  } finally {
    forget();
  }
}

/** Resolves once it is to end. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** A story that looks at its signal between steps; the longest step is a command, which takes a second or two. */
const graceMs = 5_000;

/** Waits for work that ends by itself when aborted; after a grace it is left where it is, and this throws. */
export async function withGrace<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = untilAborted(signal).then(async () => {
    await sleep(graceMs, undefined, { ref: false });
    throw new Error('interrupted');
  });
  return await Promise.race([work, late]);
}
