/** How long each system has been down, as the twin saw it. */
export class DownClock {
  readonly #since = new Map<string, number>();

  /** Takes in which systems are down at a moment. */
  note(down: Iterable<string>, nowMs: number): void {
    const now = new Set(down);
    for (const system of this.#since.keys()) if (!now.has(system)) this.#since.delete(system);
    for (const system of now) if (!this.#since.has(system)) this.#since.set(system, nowMs);
  }

  /** Seconds a system has been down; 0 for one that is up. */
  seconds(system: string, nowMs: number): number {
    const since = this.#since.get(system);
    return since === undefined ? 0 : (nowMs - since) / 1000;
  }
}
