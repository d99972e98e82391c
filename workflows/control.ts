import type { HoldStatus } from '../model/incident.ts';

/** What people have told the incident, and what made it hold: the desk writes it, the procedure obeys it. */
export class Control {
  hold: HoldStatus | undefined;
  /** Stages people said to leave out. */
  readonly skipped = new Set<string>();
  aborted = false;
  released = false;
  /** Counts resumes, so that a gate knows to open anew. */
  resumes = 0;

  /** Holds; the first cause stays until a person resumes. */
  stop(cause: HoldStatus['cause'], detail: string, atMs: number): void {
    this.hold ??= { since: new Date(atMs).toISOString(), cause, detail };
  }

  resume(): void {
    this.hold = undefined;
    this.resumes += 1;
  }

  /** True when containment is not to go on: abort keeps what there is, release gives it back. */
  get isOver(): boolean {
    return this.aborted || this.released;
  }
}
