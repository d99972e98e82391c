import type { Document, ParsedNode, YAMLParseError } from 'yaml';
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml';
import type { Place } from '../model/refusal.ts';
import type { Problem } from './problem.ts';
import { sortProblems } from './problem.ts';
import { decodeText } from './text.ts';
import { checkYamlLimits } from './yaml-limits.ts';
import { walkYaml } from './yaml-walk.ts';

/** A path into a document: keys and indices. */
export type Path = readonly (string | number)[];

/** Bytes an estate or a playbook may have. */
export const yamlLimitBytes = 1_048_576;

/** A YAML file as plain data, with the places of its parts. */
export interface YamlSource {
  readonly file: string;
  readonly value: unknown;
  /** Where the value of a path stands; of the nearest parent that is there, if it is missing. */
  readonly locate: (path: Path) => Place;
  /** Where the key of a path stands; for a list item, the item. */
  readonly locateKey: (path: Path) => Place;
  /** How the plain scalar at a path was written; undefined for quoted text and for collections. */
  readonly written: (path: Path) => string | undefined;
}

/** What reading YAML comes to. */
export type YamlResult =
  | { readonly ok: true; readonly source: YamlSource; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads YAML 1.2, core schema, strictly: no aliases, tags, directives or merge keys; keys are unique text; numbers are
 * plain decimals. Limits come before anything is built. A text that parses is given even with problems, so that its
 * schema's problems can be told at the same time.
 */
export function readYaml(file: string, bytes: Uint8Array, limitBytes: number = yamlLimitBytes): YamlResult {
  const decoded = decodeText(file, bytes, limitBytes);
  if (!decoded.ok) return decoded;
  const beyond = checkYamlLimits(file, decoded.text);
  if (beyond.length > 0) return { ok: false, problems: beyond };
  const lines = new LineCounter();
  // Own check for repeated keys: the library's compares every key with every other.
  const document = parseDocument(decoded.text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter: lines,
  });
  const place = (offset: number): Place => placeAt(file, lines, offset);
  if (document.errors.length > 0) {
    return {
      ok: false,
      problems: sortProblems(document.errors.slice(0, 20).map((error) => syntaxProblem(error, place))),
    };
  }
  const { value, problems } = walkYaml(document.contents, place);
  return { ok: true, problems, source: sourceOf({ file, value, document, place }) };
}

function placeAt(file: string, lines: LineCounter, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}

function syntaxProblem(error: YAMLParseError, place: (offset: number) => Place): Problem {
  const at = { ...place(error.pos[0]), path: '' };
  if (error.code === 'MULTIPLE_DOCS') return { ...at, found: 'a second document', expected: 'one document' };
  return { ...at, found: 'what is not YAML', expected: `valid YAML: ${firstLine(error.message)}` };
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/^[A-Z]/, (letter) => letter.toLowerCase());
}

interface SourceParts {
  readonly file: string;
  readonly value: unknown;
  readonly document: Document.Parsed;
  readonly place: (offset: number) => Place;
}

function sourceOf({ file, value, document, place }: SourceParts): YamlSource {
  const find = (path: Path): Found => findNode(document.contents, path);
  return {
    file,
    value,
    locate: (path) => place(find(path).value),
    locateKey: (path) => place(find(path).key),
    written: (path) => find(path).written,
  };
}

interface Found {
  readonly key: number;
  readonly value: number;
  readonly written: string | undefined;
}

/** Goes down a path as far as it leads. */
function findNode(root: ParsedNode | null, path: Path): Found {
  let node: ParsedNode | null = root;
  let key = root?.range[0] ?? 0;
  let value = key;
  for (const step of path) {
    const next = childOf(node, step);
    if (!next) return { key, value, written: undefined };
    ({ key, value } = next);
    node = next.node;
  }
  return { key, value, written: isScalar(node) && node.type === 'PLAIN' ? node.source : undefined };
}

function childOf(
  node: ParsedNode | null,
  step: string | number,
): { node: ParsedNode | null; key: number; value: number } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(step)];
    return item && { node: item, key: item.range[0], value: item.range[0] };
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((candidate) => isScalar(candidate.key) && String(candidate.key.value) === String(step));
  if (!pair) return undefined;
  const key = pair.key.range[0];
  return { node: pair.value, key, value: pair.value?.range[0] ?? key };
}
