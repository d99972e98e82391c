import type { HoldStatus } from '../model/incident.ts';

/** Form of {@link Control} in what is carried. */
export interface ControlState {
  readonly hold?: HoldStatus;
  readonly skipped: readonly string[];
  readonly aborted: boolean;
  readonly released: boolean;
  readonly resumes: number;
  /** Since when the hold is that people have been told of. */
  readonly toldSince?: string;
}

/** What people have told the incident, and what made it hold: the desk writes it, the procedure obeys it. */
export class Control {
  hold: HoldStatus | undefined;
  /** Stages people said to leave out. */
  readonly skipped = new Set<string>();
  aborted = false;
  released = false;
  /** Counts resumes, so that a gate knows to open anew. */
  resumes = 0;
  #toldSince: string | undefined;

  /** Holds; the first cause stays until a person resumes. */
  stop(cause: HoldStatus['cause'], detail: string, atMs: number): void {
    this.hold ??= { since: new Date(atMs).toISOString(), cause, detail };
  }

  resume(): void {
    this.hold = undefined;
    this.resumes += 1;
  }

  /** True once for each hold: who asks tells people of it. */
  isNews(): boolean {
    const isNew = this.hold !== undefined && this.hold.since !== this.#toldSince;
    this.#toldSince = this.hold?.since;
    return isNew;
  }

  /** True when containment is not to go on: abort keeps what there is, release gives it back. */
  get isOver(): boolean {
    return this.aborted || this.released;
  }

  snapshot(): ControlState {
    const { hold, skipped, aborted, released, resumes } = this;
    return {
      ...(hold === undefined ? {} : { hold }),
      ...(this.#toldSince === undefined ? {} : { toldSince: this.#toldSince }),
      skipped: [...skipped],
      aborted,
      released,
      resumes,
    };
  }

  restore({ hold, skipped, aborted, released, resumes, toldSince }: ControlState): void {
    this.hold = hold;
    this.#toldSince = toldSince;
    for (const name of skipped) this.skipped.add(name);
    this.aborted = aborted;
    this.released = released;
    this.resumes = resumes;
  }
}
