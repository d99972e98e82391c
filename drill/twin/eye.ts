import { createReader } from './reader.ts';
import type { ReaderOptions } from './reader.ts';
import { startTurns } from './turns.ts';
import { DownClock } from './down-clock.ts';
import { truthOf } from './truth.ts';
import type { Facts, Truth } from './truth.ts';

/** How the twin keeps up with the emulator. */
export interface EyeOptions extends ReaderOptions {
  /** How long it waits between two looks. Default 300. */
  readonly pollMs?: number;
  /** Told when a look at the emulator fails. The twin then answers 503 to everything until one succeeds. */
  readonly onError?: (error: unknown) => void;
}

/** What a probe gets. */
export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Answers by `<service>/<mode>`: they are the same at every site, so they are made once for each look. */
export type Answers = ReadonlyMap<string, Answer>;

/** Looks at the emulator again and again, and remembers what it saw. */
export interface Eye {
  /** What works as of the last look that succeeded. */
  readonly truth: () => Truth;
  /** `undefined` while the emulator does not answer. */
  readonly answers: () => Answers | undefined;
  /** Looks now, after the looks under way. Throws what the SDK throws. */
  readonly look: () => Promise<Truth>;
  readonly onLook: (listener: (truth: Truth) => void) => () => void;
  readonly close: () => Promise<void>;
}

/** Looks once, and from then on every `pollMs`. Throws if the emulator does not answer the first time. */
export async function openEye(options: EyeOptions): Promise<Eye> {
  const reader = createReader(options);
  const listeners = new Set<(truth: Truth) => void>();
  const clock = new DownClock();
  let facts: Facts | undefined;
  let truth: Truth = { down: new Map(), services: new Map() };
  let answers: Answers | undefined;
  const look = async (): Promise<Truth> => {
    try {
      // Nothing new to read may still be something new: shelves empty by time alone.
      facts = (await reader.read()) ?? facts;
      if (facts !== undefined) truth = truthOf(options.world.scenario.wiring, facts, clock);
      answers = answersOf(truth);
    } catch (error) {
      answers = undefined;
      options.onError?.(error);
      throw error;
    }
    for (const listener of listeners) listener(truth);
    return truth;
  };
  await look();
  const turns = startTurns(look, options.pollMs ?? 300);
  return {
    truth: () => truth,
    answers: () => answers,
    look: turns.take,
    onLook: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      await turns.end();
      reader.close();
    },
  };
}

function answersOf(truth: Truth): Answers {
  return new Map(
    [...truth.services].flatMap(([service, modes]) =>
      modes.map(({ mode, works, why }): [string, Answer] => [
        `${service}/${mode}`,
        works ? { status: 200, body: 'ok\n' } : { status: 503, body: `${why}\n` },
      ]),
    ),
  );
}
