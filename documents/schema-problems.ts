import type { z } from 'zod';
import type { Problem } from './problem.ts';
import { mostProblems } from './problem.ts';
import { describe, quote } from './quote.ts';
import { expectedWords, openUnions } from './schema-issues.ts';
import { knownKeys } from './schema-keys.ts';
import { didYouMean } from './suggest.ts';
import type { YamlSource } from './yaml.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly (string | number)[];

/** What keeps a YAML file from fitting its schema: every issue, with its place in the file. */
export function schemaProblems(
  source: YamlSource,
  schema: z.core.$ZodType,
  issues: readonly Issue[],
): readonly Problem[] {
  return openUnions(issues.slice(0, mostProblems)).flatMap((issue) => {
    const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
    if (issue.code === 'unrecognized_keys')
      return issue.keys.slice(0, mostProblems).map((key) => unknownKey(source, schema, [...path, key]));
    if (issue.code === 'invalid_key') return [invalidKey(source, path, issue.issues)];
    return [invalidValue(source, path, issue)];
  });
}

function unknownKey(source: YamlSource, schema: z.core.$ZodType, path: Path): Problem {
  const key = String(path.at(-1));
  const known = knownKeys(schema, path.slice(0, -1));
  return {
    ...source.locateKey(path),
    path: path.join('.'),
    found: `the unknown key ${quote(key)}`,
    ...(known.length > 0 ? { expected: `one of ${known.join(', ')}` } : {}),
    ...didYouMean(key, known),
  };
}

function invalidKey(source: YamlSource, path: Path, issues: readonly Issue[]): Problem {
  const expected = issues[0] ? expectedWords(issues[0]) : 'another key';
  return { ...source.locateKey(path), path: path.join('.'), found: `the key ${quote(String(path.at(-1)))}`, expected };
}

function invalidValue(source: YamlSource, path: Path, issue: Issue): Problem {
  const value = valueAt(source.value, path);
  const written = source.written(path);
  const number = typeof value === 'number' && written !== undefined ? written : undefined;
  return {
    ...source.locate(path),
    path: path.join('.'),
    found: describe(value, number),
    ...expectation(issue, number),
    ...(issue.code === 'invalid_value' && typeof value === 'string' ? didYouMean(value, issue.values.map(String)) : {}),
  };
}

/**
 * What was expected. An account id written as a number is asked for in quotes, in the digits that were written: it is
 * never padded, since that could name another account.
 */
function expectation(issue: Issue, number: string | undefined): { readonly expected: string; readonly hint?: string } {
  const expected = expectedWords(issue);
  if (issue.code !== 'invalid_type' || issue.expected !== 'string' || number === undefined) return { expected };
  if (expected.startsWith('12 digits in quotes')) {
    return { expected: `12 digits in quotes${/^\d{12}$/.test(number) ? `: "${number}"` : ', such as "000123456789"'}` };
  }
  return { expected, hint: `in quotes it is text: "${number}"` };
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string | number, unknown>)[step]
        : undefined,
    value,
  );
}
