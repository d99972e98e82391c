import type { Need } from '../model/modes.ts';
import type { Quorum } from '../model/quorum.ts';
import type { Problem } from './problem.ts';
import { mostProblems } from './problem.ts';
import { quote } from './quote.ts';
import { didYouMean } from './suggest.ts';
import type { Path, YamlSource } from './yaml.ts';

/** Collects what is wrong with a document that fits its schema. */
export interface Checks {
  readonly source: YamlSource;
  readonly problems: Problem[];
}

/** A name that must be known: where it stands, and what it should be the name of. */
export interface Reference {
  readonly path: Path;
  readonly name: string;
  /** `system`, `account`: `no such system`. */
  readonly kind: string;
  readonly known: ReadonlySet<string>;
  /** True where the name is a key of a mapping. */
  readonly isKey?: boolean;
}

/** Reports a name that nothing has. */
export function checkReference(checks: Checks, { path, name, kind, known, isKey }: Reference): void {
  if (known.has(name) || isFull(checks)) return;
  const found = `${quote(name)}, no such ${kind}`;
  report(checks, path, { found, ...didYouMean(name, known), ...(isKey ? { isKey } : {}) });
}

/** Looking on would only take time: the file is refused as it is. */
function isFull({ problems }: Checks): boolean {
  return problems.length >= mostProblems;
}

/** What is wrong at a path. */
export interface Finding {
  readonly found: string;
  readonly expected?: string;
  readonly hint?: string;
  readonly isKey?: boolean;
}

/** Reports something at a path; list items are shown by their name. */
export function report(checks: Checks, path: Path, { isKey, ...words }: Finding): void {
  if (isFull(checks)) return;
  const place = isKey ? checks.source.locateKey(path) : checks.source.locate(path);
  checks.problems.push({ ...place, path: namedPath(checks.source.value, path), ...words });
}

/** Reports items of a list whose field `key` has a value that an earlier item has. */
export function checkDistinct<Key extends string>(
  checks: Checks,
  path: Path,
  { items, key }: { readonly items: readonly Readonly<Record<Key, string>>[]; readonly key: Key },
): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const name = item[key];
    const at = [...path, index, key];
    if (seen.has(name) && !isFull(checks)) {
      const place = checks.source.locate(at);
      checks.problems.push({ ...place, path: at.join('.'), found: `${quote(name)} again`, expected: 'each name once' });
    }
    seen.add(name);
  }
}

/** Reports what a need gets wrong: names no system has, and `atLeast` more than there are. */
export function checkNeed(
  checks: Checks,
  need: Need | undefined,
  where: { path: Path; systems: ReadonlySet<string> },
): void {
  const { path, systems } = where;
  if (need === undefined) return;
  if (typeof need === 'string') return checkReference(checks, { path, name: need, kind: 'system', known: systems });
  if ('on' in need) {
    return checkReference(checks, { path: [...path, 'on'], name: need.on, kind: 'system', known: systems });
  }
  const isAll = 'all' in need;
  const parts = isAll ? need.all : need.of;
  if (!isAll && need.atLeast > parts.length) {
    report(checks, [...path, 'atLeast'], {
      found: `at least ${need.atLeast} of ${parts.length}`,
      expected: `at most ${parts.length}`,
    });
  }
  for (const [index, part] of parts.entries()) {
    checkNeed(checks, part, { path: [...path, isAll ? 'all' : 'of', index], systems });
  }
}

/** Reports the roles of a quorum that nobody has. */
export function checkRoles(
  checks: Checks,
  quorum: Quorum | undefined,
  where: { path: Path; roles: ReadonlySet<string> },
): void {
  for (const role of Object.keys(quorum ?? {})) {
    if (where.roles.has(role)) continue;
    const found = `${quote(role)}, a role nobody has`;
    report(checks, [...where.path, role], { found, isKey: true, ...didYouMean(role, where.roles) });
  }
}

/** `systems.directory.reaches.1`: a path with list items by their name, where they have one. */
function namedPath(value: unknown, path: Path): string {
  const steps: (string | number)[] = [];
  let inner = value;
  for (const step of path) {
    inner = typeof inner === 'object' && inner !== null ? (inner as Record<string | number, unknown>)[step] : undefined;
    steps.push(typeof step === 'number' ? (nameOf(inner) ?? step) : step);
  }
  return steps.join('.');
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const name = 'name' in item ? item.name : 'id' in item ? item.id : undefined;
  return typeof name === 'string' ? name : undefined;
}
