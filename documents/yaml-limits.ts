import { Lexer } from 'yaml';
import type { Problem } from './problem.ts';
import { quote } from './quote.ts';
import { positionOf } from './text.ts';

/** What a YAML text may hold, checked on its tokens before anything is built from them. */
export const yamlLimits = { depth: 32, parts: 200_000 } as const;

interface Scan {
  readonly file: string;
  readonly text: string;
  readonly problems: Problem[];
  offset: number;
  lineStart: number;
  /** True until something other than a block indicator stands in the line. */
  isLineStart: boolean;
  flowDepth: number;
  /** Columns that open block collections start at, outermost first. */
  readonly columns: number[];
  parts: number;
}

const mostProblems = 20;
/** What the lexer puts between the slices of the text: document start, flow end, scalar ahead. */
const markers = new Set(['\u0002', '\u0018', '\u001f']);

/**
 * Refuses what these files never need and attackers do: anchors and aliases, tags, directives, and more depth or parts
 * than a file of people could have. Linear in the text.
 */
export function checkYamlLimits(file: string, text: string): readonly Problem[] {
  const counters = { offset: 0, lineStart: 0, isLineStart: true, flowDepth: 0, parts: 0 };
  const scan: Scan = { file, text, problems: [], columns: [], ...counters };
  let scalarAhead = false;
  for (const token of new Lexer().lex(text)) {
    if (markers.has(token)) {
      scalarAhead = token === '\u001f';
      continue;
    }
    checkToken(scan, token, scalarAhead);
    scalarAhead = false;
    if (!isWithin(scan) || scan.problems.length >= mostProblems) break;
    scan.offset += token.length;
    if (token.endsWith('\n')) Object.assign(scan, { lineStart: scan.offset, isLineStart: true });
  }
  return scan.problems;
}

function checkToken(scan: Scan, token: string, isScalar: boolean): void {
  const refused = isScalar ? undefined : refusedToken(token);
  if (refused) return report(scan, refused.found, refused.expected);
  const isIndicator = !isScalar && (token === '-' || token === '?');
  const opensFlow = !isScalar && (token === '[' || token === '{');
  if (isScalar || isIndicator || opensFlow || token === ',') scan.parts += 1;
  if (scan.flowDepth === 0 && scan.isLineStart && (isScalar || isIndicator)) enterColumn(scan);
  if (isScalar || opensFlow) scan.isLineStart = false;
  if (opensFlow) scan.flowDepth += 1;
  else if (!isScalar && (token === ']' || token === '}')) scan.flowDepth -= 1;
}

function enterColumn({ columns, offset, lineStart }: Scan): void {
  const column = offset - lineStart;
  while ((columns.at(-1) ?? -1) >= column) columns.pop();
  columns.push(column);
}

function refusedToken(token: string): { readonly found: string; readonly expected: string } | undefined {
  switch (token.charAt(0)) {
    case '&':
      return { found: `the anchor ${quote(token)}`, expected: 'no anchors: write the value out' };
    case '*':
      return { found: `the alias ${quote(token)}`, expected: 'no aliases: write the value out' };
    case '!':
      return { found: `the tag ${quote(token)}`, expected: 'no tags' };
    case '%':
      return { found: `the directive ${quote(token)}`, expected: 'no directives' };
    default:
      return undefined;
  }
}

function isWithin(scan: Scan): boolean {
  if (scan.flowDepth + scan.columns.length > yamlLimits.depth) {
    report(scan, 'nesting that goes too deep', `at most ${yamlLimits.depth} levels`);
    return false;
  }
  if (scan.parts <= yamlLimits.parts) return true;
  report(scan, 'too many values', `at most ${yamlLimits.parts}`);
  return false;
}

function report(scan: Scan, found: string, expected: string): void {
  scan.problems.push({ file: scan.file, ...positionOf(scan.text, scan.offset), path: '', found, expected });
}
