import type { ChildWorkflowHandle, Workflow } from '@temporalio/workflow';
import { condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import type { TargetOutcome } from '../model/step.ts';
import { failureWords } from './failure.ts';
import type { ChildReport } from './reporting.ts';
import { askSignal } from './reporting.ts';

/**
 * How often an adopted child is asked whether it is there: of one that was ended from outside nobody else would tell. A
 * question costs some seven events, and a wave lasts half an hour at most.
 */
const askEveryMs = 30_000;

/** Form of {@link Children} in what is carried. */
export interface ChildrenState {
  readonly running: readonly string[];
  readonly reports: readonly ChildReport[];
}

/** A child's work, as its result or as its own report. */
interface Result {
  readonly outcomes: readonly TargetOutcome[];
}

/** When a child is to stop, and how it is told. */
export interface Stopping {
  readonly isDue: () => boolean;
  readonly tell: (child: string) => Promise<void>;
}

/**
 * Children of the incident, addressed by workflow id. Of a child this run started, the server tells how it ended; of one
 * an earlier run started (adopted), its own report does, and whoever could forge one could as well forge its result.
 */
export class Children {
  readonly #running = new Map<string, 'own' | 'adopted'>();
  readonly #results = new Map<string, ChildReport>();
  readonly #reports = new Map<string, ChildReport>();

  /** Takes a child this run has started. */
  own(child: ChildWorkflowHandle<Workflow>): void {
    const id = child.workflowId;
    this.#running.set(id, 'own');
    child.result().then(
      (result: Result) => this.#results.set(id, { child: id, outcomes: result.outcomes }),
      (error: unknown) => this.#results.set(id, { child: id, failure: failureWords(error) }),
    );
  }

  /** Takes a child's own report. One that nobody waits for is let go. */
  hear(report: ChildReport): void {
    if (this.#running.has(report.child)) this.#reports.set(report.child, report);
  }

  /** Waits for a child's end, and tells it once to stop when that is due. Give it time at rest: it may be restarted. */
  async ended(child: string, stopping?: Stopping): Promise<ChildReport> {
    let isTold = stopping === undefined;
    const isDue = (): boolean => !isTold && stopping?.isDue() === true;
    for (;;) {
      await this.#news(child, isDue);
      const report = this.#of(child);
      if (report) return report;
      const isThere = isDue() ? await reaches(stopping?.tell(child)) : await reaches(ask(child));
      isTold ||= isDue();
      if (!isThere && !this.#isOwn(child)) return this.#of(child) ?? { child, failure: 'it was ended from outside' };
    }
  }

  /** Forgets a child whose end has been dealt with. */
  forget(child: string): void {
    this.#running.delete(child);
    this.#results.delete(child);
    this.#reports.delete(child);
  }

  snapshot(): ChildrenState {
    return { running: [...this.#running.keys()], reports: [...this.#reports.values()] };
  }

  restore(state: ChildrenState): void {
    for (const child of state.running) this.#running.set(child, 'adopted');
    for (const report of state.reports) this.#reports.set(report.child, report);
  }

  #of(child: string): ChildReport | undefined {
    return this.#isOwn(child) ? this.#results.get(child) : this.#reports.get(child);
  }

  #isOwn(child: string): boolean {
    return this.#running.get(child) === 'own';
  }

  async #news(child: string, isDue: () => boolean): Promise<void> {
    const isNews = (): boolean => this.#of(child) !== undefined || isDue();
    if (this.#isOwn(child)) await condition(isNews);
    else await condition(isNews, askEveryMs, { summary: `until ${child} is asked whether it is there` });
  }
}

async function ask(child: string): Promise<void> {
  await getExternalWorkflowHandle(child).signal(askSignal);
}

/** Whether a signal arrives: one to a workflow that is over does not. */
async function reaches(signalled: Promise<void> | undefined): Promise<boolean> {
  return await (signalled ?? Promise.resolve()).then(
    () => true,
    () => false,
  );
}
