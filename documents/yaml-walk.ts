import type { ParsedNode, Scalar } from 'yaml';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Place } from '../model/refusal.ts';
import type { Problem } from './problem.ts';
import { codePointWords, quote, unsafeCharacters } from './quote.ts';
import { yamlLimits } from './yaml-limits.ts';

interface Walk {
  readonly place: (offset: number) => Place;
  readonly problems: Problem[];
}

type Path = readonly (string | number)[];

const refusedKeys = new Set(['__proto__', 'constructor', 'prototype', '<<']);
const plainDecimal = /^-?(0|[1-9]\d*)(\.\d+)?$/;

/** Builds plain data from nodes, and says what no file may hold whatever its schema. */
export function walkYaml(
  root: ParsedNode | null,
  place: (offset: number) => Place,
): { readonly value: unknown; readonly problems: readonly Problem[] } {
  const walk: Walk = { place, problems: [] };
  return { value: valueOf(walk, root, []), problems: walk.problems };
}

function valueOf(walk: Walk, node: ParsedNode | null, path: Path): unknown {
  if (node === null) return null;
  if (path.length > yamlLimits.depth) {
    return report(walk, {
      node,
      path: [],
      found: 'nesting that goes too deep',
      expected: `at most ${yamlLimits.depth} levels`,
    });
  }
  if (isScalar(node)) return scalarOf(walk, node, path);
  if (isSeq(node)) return node.items.map((item, index) => valueOf(walk, item, [...path, index]));
  if (isMap(node)) return mappingOf(walk, node, path);
  return null;
}

function mappingOf(
  walk: Walk,
  node: ParsedNode & { readonly items: readonly { key: ParsedNode; value: ParsedNode | null }[] },
  path: Path,
): unknown {
  const result: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const { key, value } of node.items) {
    const name = keyOf(walk, key, path);
    if (name === undefined) continue;
    if (seen.has(name)) {
      report(walk, {
        node: key,
        path: [...path, name],
        found: `the key ${quote(name)} again`,
        expected: 'each key once',
      });
      continue;
    }
    seen.add(name);
    result[name] = valueOf(walk, value, [...path, name]);
  }
  return result;
}

/** The text of a key; undefined where it can't be one. */
function keyOf(walk: Walk, node: ParsedNode | null, path: Path): string | undefined {
  if (node === null || !isScalar(node)) {
    if (node) report(walk, { node, path, found: 'a collection as a key', expected: 'text' });
    return undefined;
  }
  const name = typeof node.value === 'string' ? node.value : (node.source ?? '');
  if (refusedKeys.has(name)) {
    return report(walk, {
      node,
      path,
      found: `the key ${quote(name)}`,
      expected: name === '<<' ? 'no merge keys: write the values out' : 'another name',
    });
  }
  checkText(walk, node, path);
  return name;
}

function scalarOf(walk: Walk, node: Scalar.Parsed, path: Path): unknown {
  if (typeof node.value === 'string') checkText(walk, node, path);
  if (typeof node.value === 'number' && !plainDecimal.test(node.source)) {
    report(walk, {
      node,
      path,
      found: `the number ${quote(node.source).slice(1, -1)}`,
      expected: 'a plain decimal number, or text in quotes',
    });
  }
  return node.value;
}

function checkText(walk: Walk, node: Scalar.Parsed, path: Path): void {
  const match = typeof node.value === 'string' ? unsafeCharacters.exec(node.value) : null;
  if (!match) return;
  report(walk, {
    node,
    path,
    found: `the character ${codePointWords(match[0])} in ${quote(String(node.value))}`,
    expected: 'one line without control or direction characters',
  });
}

interface Report {
  readonly node: ParsedNode;
  readonly path: Path;
  readonly found: string;
  readonly expected: string;
}

function report(walk: Walk, { node, path, found, expected }: Report): undefined {
  walk.problems.push({ ...walk.place(node.range[0]), path: path.join('.'), found, expected });
}
