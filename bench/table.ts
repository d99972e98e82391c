import type { BenchReport, BenchResult } from './report.ts';

function figure(value: number, unit: string): string {
  const digits = value < 10 ? 2 : Number(value < 100);
  return `${value.toLocaleString('en-GB', { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}

function ratioWords(ratio: number): string {
  return ratio.toPrecision(3).replace(/^(\d+\.\d{2})\d+$/, '$1');
}

function cells({ metric, ours, peer, unit, ratio, target, holds }: BenchResult): readonly string[] {
  return [
    holds ? 'holds' : 'MISSED',
    metric,
    figure(ours, unit),
    figure(peer, unit),
    ratioWords(ratio.median),
    ratioWords(ratio.worst),
    `≤ ${target}`,
  ];
}

const heads = ['', 'metric', 'ours', 'peer', 'median', 'worst', 'target'] as const;
const firstRight = 2;

/** The figures of one bench as people read them: text to the left, numbers to the right. */
export function benchTable({ name, results }: Pick<BenchReport, 'name' | 'results'>): string {
  const rows = [heads, ...results.map(cells)];
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        column < firstRight ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [name, ...rows.map((row) => `  ${line(row)}`)].join('\n');
}
