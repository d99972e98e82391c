import type { BenchResult } from './report.ts';

/** What a bench is run with. */
export interface BenchTools {
  /** An empty folder, gone when the bench has ended. */
  readonly directory: string;
  /** Takes one line about what goes on. */
  readonly log: (line: string) => void;
  /** Aborted when people interrupt it. */
  readonly signal: AbortSignal;
  /** How often each side is measured. */
  readonly repeats: number;
}

/** What a bench found. */
export interface BenchOutcome {
  readonly results: readonly BenchResult[];
  /** What each side did and was spared, and the reason for each figure that misses: for people, below the table. */
  readonly notes: readonly string[];
  /** Versions of what it ran beside, by name. */
  readonly software: Readonly<Record<string, string>>;
}

/** Something that is measured, under the name people ask for it by. */
export interface Bench {
  readonly name: string;
  readonly summary: string;
  readonly run: (tools: BenchTools) => Promise<BenchOutcome>;
}
