import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bench } from './bench.ts';
import { benches } from './benches.ts';
import { machineWith } from './machine.ts';
import { BenchUsageError, readBenchOptions } from './options.ts';
import type { BenchOptions } from './options.ts';
import type { BenchReport } from './report.ts';
import { benchReport } from './report.ts';
import { benchTable } from './table.ts';

/** Exit codes as everywhere in firedoor: 1 where a figure misses its target, or a bench could not run. */
const endings = { done: 0, missed: 1, usage: 2, interrupted: 130 } as const;
type Ending = (typeof endings)[keyof typeof endings];

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const note = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs the benches that were asked for and gives the exit code. */
export async function runBenches(argv: readonly string[], signal: AbortSignal): Promise<Ending> {
  try {
    const options = readBenchOptions(
      argv,
      benches.map(({ name }) => name),
    );
    if (options.list) {
      for (const { name, summary } of benches) say(`${name.padEnd(12)} ${summary}`);
      return endings.done;
    }
    const asked = benches.filter(({ name }) => options.name === undefined || name === options.name);
    let missed = 0;
    for (const bench of asked) missed += missesIn(await measure(bench, options, signal));
    return missed === 0 ? endings.done : endings.missed;
  } catch (error) {
    if (signal.aborted) return endings.interrupted;
    note(error instanceof Error ? error.message : String(error));
    return error instanceof BenchUsageError ? endings.usage : endings.missed;
  }
}

function missesIn({ results }: BenchReport): number {
  return results.filter(({ holds }) => !holds).length;
}

async function measure(bench: Bench, { out, json, repeats }: BenchOptions, signal: AbortSignal): Promise<BenchReport> {
  const directory = await mkdtemp(path.join(tmpdir(), `firedoor-bench-${bench.name}-`));
  try {
    const { results, notes, software } = await bench.run({ directory, log: note, signal, repeats });
    const report = benchReport.parse({
      schema: 'firedoor/bench/v1',
      name: bench.name,
      results: [...results],
      machine: machineWith(software),
    } satisfies BenchReport);
    if (out !== undefined) await writeFile(out, `${JSON.stringify(report, null, 2)}\n`);
    if (json) say(JSON.stringify(report, null, 2));
    else say([benchTable(report), '', ...notes.map((line) => `  ${line}`), ''].join('\n'));
    return report;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const interrupted = new AbortController();
  const interrupt = (): void => interrupted.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  process.exitCode = await runBenches(process.argv.slice(2), interrupted.signal);
}
