/** How far one wave is, of a stage or of a tier. */
export interface WaveProgress {
  /** Children started for it so far. */
  readonly attempts: number;
  /** Targets still to do. */
  readonly left: readonly string[];
  /** Workflow id of the child that is at it now. */
  readonly child?: string;
}

/** Form of {@link Progress} in what is carried. */
export interface ProgressState {
  readonly waves: Readonly<Record<string, WaveProgress>>;
  readonly begun: readonly string[];
  readonly finished: readonly string[];
}

/** How far the procedure is: where it goes on when the incident continues as new. Names are of stages, tiers and waves. */
export class Progress {
  readonly #waves = new Map<string, WaveProgress>();
  readonly #begun = new Set<string>();
  readonly #finished = new Set<string>();

  /** Marks a step as begun. @returns false where it was begun before, in this run or an earlier one */
  begin(name: string): boolean {
    const isNew = !this.#begun.has(name);
    this.#begun.add(name);
    return isNew;
  }

  isBegun(name: string): boolean {
    return this.#begun.has(name);
  }

  finish(name: string): void {
    this.#finished.add(name);
    this.#waves.delete(name);
  }

  isFinished(name: string): boolean {
    return this.#finished.has(name);
  }

  /** How far a wave is; at its beginning all its targets are left. */
  wave(name: string, targets: () => readonly string[]): WaveProgress {
    return this.#waves.get(name) ?? { attempts: 0, left: targets() };
  }

  note(name: string, progress: WaveProgress): void {
    this.#waves.set(name, progress);
  }

  snapshot(): ProgressState {
    return { waves: Object.fromEntries(this.#waves), begun: [...this.#begun], finished: [...this.#finished] };
  }

  restore(state: ProgressState): void {
    for (const [name, progress] of Object.entries(state.waves)) this.#waves.set(name, progress);
    for (const name of state.begun) this.#begun.add(name);
    for (const name of state.finished) this.#finished.add(name);
  }
}
