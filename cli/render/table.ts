import type { Sink } from '../context.ts';
import { escapeControls } from './escape.ts';
import { wrap } from './wrap.ts';

/** A column of a table. */
export interface Column {
  readonly title: string;
  /** @default 'left' */
  readonly align?: 'left' | 'right';
  /** The one column that wraps where the table is wider than the terminal. */
  readonly wraps?: boolean;
}

/** How a table is drawn. */
export interface TableOptions {
  readonly indent?: string;
  readonly sink: Pick<Sink, 'isTTY' | 'columns'>;
}

const gap = '  ';
const leastWrapWidth = 12;

/**
 * A table as lines: aligned and at most as wide as the terminal, or tab-separated where stdout is no terminal. Every cell
 * is escaped.
 */
export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: TableOptions,
): readonly string[] {
  const titles = columns.map((column) => column.title);
  const cells = [titles, ...rows].map((row) => columns.map((_, index) => escapeControls(row[index] ?? '')));
  if (!options.sink.isTTY) return cells.map((row) => row.join('\t'));
  const indent = options.indent ?? '';
  const widths = fitWidths(columns, cells, (options.sink.columns ?? 80) - indent.length);
  return cells.flatMap((row) => drawRow(row, columns, widths)).map((line) => (indent + line).trimEnd());
}

function fitWidths(
  columns: readonly Column[],
  cells: readonly (readonly string[])[],
  available: number,
): readonly number[] {
  const natural = columns.map((_, index) => Math.max(...cells.map((row) => row[index]?.length ?? 0)));
  const excess = natural.reduce((sum, width) => sum + width, gap.length * (columns.length - 1)) - available;
  if (excess <= 0) return natural;
  return natural.map((width, index) =>
    columns[index]?.wraps ? Math.max(Math.min(leastWrapWidth, width), width - excess) : width,
  );
}

function drawRow(row: readonly string[], columns: readonly Column[], widths: readonly number[]): readonly string[] {
  const wrapped = row.map((cell, index) => (columns[index]?.wraps ? wrap(cell, widths[index] ?? 0) : [cell]));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, line) =>
    wrapped
      .map((lines, index) => {
        const text = lines[line] ?? '';
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? text.padStart(width) : text.padEnd(width);
      })
      .join(gap),
  );
}

/** Label and text side by side, the text wrapped and hanging: the shape of facts under a headline. */
export function renderFacts(
  facts: readonly (readonly [label: string, text: string])[],
  options: { readonly width: number; readonly indent?: string; readonly labelWidth?: number },
): readonly string[] {
  const indent = options.indent ?? '  ';
  const labelWidth = Math.max(options.labelWidth ?? 0, ...facts.map(([label]) => escapeControls(label).length)) + 2;
  return facts.flatMap(([label, text]) =>
    wrap(escapeControls(text), options.width - indent.length - labelWidth).map((line, index) =>
      (indent + (index === 0 ? escapeControls(label) : '').padEnd(labelWidth) + line).trimEnd(),
    ),
  );
}
