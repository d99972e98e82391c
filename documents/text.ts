import type { Problem } from './problem.ts';
import { codePointWords, unsafeCharacters } from './quote.ts';

/** Line and column, from 1, of an offset into a text. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A file's text, or what keeps it from being text. */
export type DecodedText =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problems: readonly Problem[] };

/** Where an offset stands in a text. */
export function positionOf(text: string, offset: number): Position {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}

/** Bytes to text: within the limit, UTF-8, and without control or direction characters, also in comments. */
export function decodeText(file: string, bytes: Uint8Array, limitBytes: number): DecodedText {
  const whole = (found: string, expected: string): DecodedText => ({
    ok: false,
    problems: [{ file, line: 1, column: 1, path: '', found, expected }],
  });
  if (bytes.length > limitBytes) return whole('a file over the limit', `at most ${bytesWords(limitBytes)}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return notUtf8(file, bytes);
  }
  const problems = unsafeIn(file, text);
  return problems.length === 0 ? { ok: true, text } : { ok: false, problems };
}

/** `1 MiB`. */
export function bytesWords(bytes: number): string {
  return bytes % 1_048_576 === 0 ? `${bytes / 1_048_576} MiB` : `${bytes} bytes`;
}

function notUtf8(file: string, bytes: Uint8Array): DecodedText {
  const lenient = new TextDecoder('utf-8').decode(bytes);
  const position = positionOf(lenient, Math.max(0, lenient.indexOf('\ufffd')));
  return {
    ok: false,
    problems: [{ file, ...position, path: '', found: 'bytes that are not UTF-8', expected: 'UTF-8 text' }],
  };
}

/** Raw control and direction characters, wherever they stand. Line ends and tabs are left to the format's own rules. */
function unsafeIn(file: string, text: string): readonly Problem[] {
  const problems: Problem[] = [];
  const pattern = new RegExp(unsafeCharacters.source, 'gu');
  for (const match of text.matchAll(pattern)) {
    if (match[0] === '\n' || match[0] === '\r' || match[0] === '\t') continue;
    const position = positionOf(text, match.index);
    problems.push({
      file,
      ...position,
      path: '',
      found: `the character ${codePointWords(match[0])}`,
      expected: 'no control or direction characters',
    });
    if (problems.length === 20) break;
  }
  return problems;
}
