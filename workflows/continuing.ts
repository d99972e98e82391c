import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';

/** A budget below this would continue for ever without getting anywhere. */
const leastEvents = 30;

/** What waits for its turn besides the procedure: decisions not yet taken. */
interface Drained {
  readonly isIdle: boolean;
}

/**
 * When an incident may continue as new: it is due, and everything it does is at rest. A step is at rest while it waits for
 * people, for time, or for a child that goes on by itself; what it waits for must be in the state that is carried, or be
 * safe to do again.
 */
export class Continuing {
  /** As given; the next run gets the same. */
  readonly eventBudget: number | undefined;
  #resting = 0;
  #isTurning = false;

  /** @param eventBudget events after which it is due, besides when the server suggests it: for tests */
  constructor(eventBudget: number | undefined) {
    this.eventBudget = eventBudget;
  }

  /** Waits at rest. Once the incident turns to its next run, what waits here goes no further in this one. */
  async rest<T>(wait: () => Promise<T>): Promise<T> {
    this.#resting += 1;
    try {
      const waited = await wait();
      if (this.#isTurning) await new Promise<never>(() => undefined);
      return waited;
    } finally {
      this.#resting -= 1;
    }
  }

  /**
   * Waits until the incident can continue, and does: never returns. Inbox and handlers are drained before.
   *
   * @param next arguments of the next run, asked for in the very moment of the turn
   */
  async turn(inbox: Drained, next: () => readonly unknown[]): Promise<never> {
    const canTurn = (): boolean => this.#isDue && this.#resting > 0 && inbox.isIdle && allHandlersFinished();
    do await condition(canTurn);
    while (!canTurn());
    this.#isTurning = true;
    return await continueAsNew(...next());
  }

  get #isDue(): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    const { eventBudget } = this;
    return continueAsNewSuggested || (eventBudget !== undefined && historyLength >= Math.max(leastEvents, eventBudget));
  }
}
