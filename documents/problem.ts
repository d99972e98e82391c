import type { Place } from '../model/refusal.ts';
import { quoteSafe } from './quote.ts';

/** One thing wrong with a file: where, what was found, and what was expected. Lines and columns count from 1. */
export interface Problem extends Place {
  /** What stands there, by keys and indices or names: `accounts.0.id`. Empty for the file as a whole. */
  readonly path: string;
  /** `the number 123456789`; quoted text is escaped and shortened. */
  readonly found: string;
  readonly expected?: string;
  /** `did you mean "member-data"?` */
  readonly hint?: string;
}

/** A file with more problems than this is told about so many. */
export const mostProblems = 100;

/** `estate.yaml:5:21   accounts.0.id: found …, expected …`: one line a problem, paths aligned; then how many there are. */
export function renderProblems(problems: readonly Problem[]): readonly string[] {
  const places = problems.map(({ file, line, column }) => `${quoteSafe(file)}:${line}:${column}`);
  const width = Math.max(0, ...places.map((place) => place.length)) + 2;
  const lines = problems.map((problem, index) => `${(places[index] ?? '').padEnd(width)}${problemWords(problem)}`);
  const count = problems.length >= mostProblems ? `${problems.length} or more` : problems.length;
  return [...lines, `${count} ${problems.length === 1 ? 'problem' : 'problems'}.`];
}

/** A problem without its place. */
export function problemWords({ path, found, expected, hint }: Problem): string {
  const subject = path === '' ? '' : `${quoteSafe(path)}: `;
  return `${subject}found ${found}${expected === undefined ? '' : `, expected ${expected}`}${hint === undefined ? '' : `; ${hint}`}`;
}

/** In order of file (as first met), line and column, each once. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const distinct = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...distinct.values()].toSorted(
    (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line || a.column - b.column,
  );
}
