import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

/** What an issue says was expected, in words. */
export function expectedWords(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message.slice('expected '.length);
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values.length === 1 ? literal(issue.values[0]) : `one of ${issue.values.map(literal).join(', ')}`;
    case 'too_small':
      return issue.inclusive === false
        ? `more than ${issue.minimum}`
        : `at least ${amount(issue.origin, issue.minimum)}`;
    case 'too_big':
      return `at most ${amount(issue.origin, issue.maximum)}`;
    case 'invalid_format':
      return `text that matches ${issue.pattern ?? issue.format}`;
    case 'not_multiple_of':
      return 'a whole number';
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
    case 'custom':
      return issue.message;
  }
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

function amount(origin: string, limit: number | bigint): string {
  const noun = origin === 'string' ? 'character' : origin === 'array' ? 'item' : '';
  return noun === '' ? String(limit) : `${limit} ${noun}${Number(limit) === 1 ? '' : 's'}`;
}

/**
 * Issues with unions opened: of a union that nothing fits, those of the alternative that was most likely meant. Where no
 * alternative is of the right kind at all, one issue that names them all.
 */
export function openUnions(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => (issue.code === 'invalid_union' ? openUnion(issue) : [issue]));
}

function openUnion(issue: Extract<Issue, { readonly code: 'invalid_union' }>): readonly Issue[] {
  const branches = issue.errors.map((errors) => openUnions(errors)).filter((errors) => errors.length > 0);
  const meant = branches.filter((errors) => !errors.some(isWrongKind));
  const best = meant.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
  const alternatives = [...new Set(branches.flatMap((errors) => errors.filter(isAtRoot).map(expectedWords)))];
  if (best && !best.every(isAtRoot)) return best.map((inner) => within(issue.path, inner));
  if (best && meant.length === 1) return best.map((inner) => within(issue.path, inner));
  const expected = alternatives.length > 0 ? alternatives.join(', or ') : 'something else';
  return [{ code: 'custom', path: issue.path, message: `expected ${expected}`, input: issue.input }];
}

function within(path: readonly PropertyKey[], inner: Issue): Issue {
  return { ...inner, path: [...path, ...inner.path] };
}

function isAtRoot(issue: Issue): boolean {
  return issue.path.length === 0;
}

function isWrongKind(issue: Issue): boolean {
  return isAtRoot(issue) && (issue.code === 'invalid_type' || issue.code === 'invalid_value');
}

function depth(issues: readonly Issue[]): number {
  return Math.max(...issues.map((issue) => issue.path.length));
}
