import { condition, uuid4 } from '@temporalio/workflow';
import type { Told, Telling } from '../model/notification.ts';
import { notifying } from './activities.ts';
import { failureWords } from './failure.ts';

/** Tellings in one batch: each may wait 5 s for a receiver, and an attempt has a minute (`activities.ts`). */
const mostAtOnce = 10;
/** Batches under way: a receiver that is dead for a quarter of an hour keeps none of the others waiting. */
const mostUnderWay = 32;
/** Tellings that wait behind those; older ones are dropped, and the timeline says so. */
const mostWaiting = 100;
/** How long a closed incident stays for what is still to be told. */
const lastWords = '1m';

/** What a messenger carries from run to run. */
export type MessengerState = readonly Told[];

/**
 * Tells people what happens, beside the procedure: `tell` puts something in a queue and returns, and nobody waits for it.
 * What is said in one moment goes in one batch; a batch is one activity however often it is tried, so a dead receiver adds
 * nothing to history. What comes to nothing is a line in the timeline.
 */
export class Messenger {
  readonly #incident: string;
  readonly #onUntold: (words: string) => void;
  readonly #underWay = new Set<readonly Told[]>();
  #queue: Told[] = [];

  /** @param options.onUntold takes a line for the timeline */
  constructor(options: { incident: string; onUntold: (words: string) => void }) {
    this.#incident = options.incident;
    this.#onUntold = options.onUntold;
  }

  /** Queues something to tell. What still waits of the same kind, about the same gate or clock, is replaced by it. */
  tell(telling: Telling): void {
    const waiting = this.#queue.filter((one) => subjectOf(one.telling) !== subjectOf(telling));
    this.#queue = [...waiting, { id: uuid4(), at: new Date().toISOString(), telling }];
    if (this.#queue.length <= mostWaiting) return;
    this.#queue.shift();
    this.#onUntold(`more than ${mostWaiting} notifications wait: the oldest was dropped`);
  }

  /** What nobody has taken yet, oldest first. What is under way counts: the run that ends drops its activities. */
  snapshot(): MessengerState {
    return [...[...this.#underWay].flat(), ...this.#queue];
  }

  /** Goes on with what the run before had not told yet, under the same ids. */
  restore(state: MessengerState): void {
    this.#queue = [...state, ...this.#queue];
  }

  /** Sends batches as there is something to tell. Runs beside the procedure for good. */
  async serve(): Promise<never> {
    while (true) {
      await condition(() => this.#queue.length > 0 && this.#underWay.size < mostUnderWay);
      void this.#send(this.#queue.splice(0, mostAtOnce));
    }
  }

  /** Waits, for a while, until everything is told: the last thing an incident does. */
  async flush(): Promise<void> {
    const isTold = (): boolean => this.#underWay.size === 0 && this.#queue.length === 0;
    await condition(isTold, lastWords, { summary: 'until nobody is waited for any more' });
  }

  async #send(batch: readonly Told[]): Promise<void> {
    this.#underWay.add(batch);
    const kinds = batch.map((one) => one.telling.kind).join(', ');
    try {
      const { untold } = await notifying.notify({ incident: this.#incident, tellings: batch });
      for (const { receiver, why } of untold) this.#onUntold(`${kinds}: ${receiver} ${why}`);
    } catch (error) {
      this.#onUntold(`${kinds}: ${failureWords(error)}`);
    } finally {
      this.#underWay.delete(batch);
    }
  }
}

function subjectOf(telling: Telling): string {
  if ('code' in telling) return `${telling.kind} ${telling.code}`;
  return 'ends' in telling ? `${telling.kind} ${telling.ends}` : telling.kind;
}
