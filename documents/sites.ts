import type { Site } from '../model/estate.ts';
import { servingModes } from '../model/modes.ts';
import type { Problem } from './problem.ts';
import { mostProblems } from './problem.ts';
import { quote } from './quote.ts';
import { didYouMean } from './suggest.ts';
import { decodeText } from './text.ts';

/** What a sites file may be: bytes, and rows below its header. */
export const sitesLimits = { bytes: 10 * 1_048_576, rows: 100_000 } as const;

/** Sites, or what is wrong with their file. */
export type SitesResult =
  | { readonly ok: true; readonly sites: readonly Site[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

const columnNames = ['site', 'weight', 'tier', 'host', 'normal', 'degraded', 'manual'] as const;
type ColumnName = (typeof columnNames)[number];

/** Names of systems, with a space between them: a field holds no comma. */
const needsPattern = /^([a-z0-9][a-z0-9-]{0,62}( [a-z0-9][a-z0-9-]{0,62})*)?$/;
const needsExpected = 'names of systems with one space between them, or nothing';

const rules: Readonly<Record<ColumnName, { readonly pattern: RegExp; readonly expected: string }>> = {
  site: { pattern: /^[a-z0-9][a-z0-9-]{0,62}$/, expected: 'a site name of 1 to 63 of a-z, 0-9 and "-"' },
  weight: {
    pattern: /^(?=.*[1-9])(0|[1-9]\d{0,8})(\.\d{1,6})?$/,
    expected: 'a weight above 0, a plain decimal number',
  },
  tier: { pattern: /^([a-z0-9][a-z0-9-]{0,62})?$/, expected: 'the name of a tier, or nothing' },
  normal: { pattern: needsPattern, expected: needsExpected },
  degraded: { pattern: needsPattern, expected: needsExpected },
  manual: { pattern: needsPattern, expected: needsExpected },
  host: { pattern: /^[A-Za-z0-9]([A-Za-z0-9.-]{0,252}[A-Za-z0-9])?$/, expected: 'a host name or an IPv4 address' },
};

/**
 * Reads a sites file: CSV of plain fields, one site a row, below a header of `site` and optionally `weight`, `tier` (for
 * floors by tier), `host` (for TCP probes), and `normal`, `degraded` and `manual`: systems the site needs of its own in
 * that mode. There is no quoting, since no field may hold a comma.
 */
export function readSites(file: string, bytes: Uint8Array): SitesResult {
  const decoded = decodeText(file, bytes, sitesLimits.bytes);
  if (!decoded.ok) return decoded;
  const lines = decoded.text.replace(/\r?\n$/, '').split(/\r?\n/);
  const header = readHeader(file, lines[0] ?? '');
  if (header.problems.length > 0) return { ok: false, problems: header.problems };
  if (lines.length === 1) return problem(file, 2, { found: 'no sites', expected: 'at least one row below the header' });
  if (lines.length - 1 > sitesLimits.rows) {
    return problem(file, sitesLimits.rows + 2, {
      found: 'too many rows',
      expected: `at most ${sitesLimits.rows} sites`,
    });
  }
  return readRows(file, lines, header.columns);
}

function problem(
  file: string,
  line: number,
  words: { readonly found: string; readonly expected: string },
): SitesResult {
  return { ok: false, problems: [{ file, line, column: 1, path: '', ...words }] };
}

function readHeader(
  file: string,
  line: string,
): { readonly columns: readonly ColumnName[]; readonly problems: readonly Problem[] } {
  const names = line.split(',');
  const problems: Problem[] = [];
  let column = 1;
  for (const [index, name] of names.entries()) {
    const at = { file, line: 1, column, path: 'header' };
    const expected = `the columns ${columnNames.join(', ')}`;
    if (!columnNames.some((known) => known === name)) {
      problems.push({ ...at, found: `the column ${quote(name)}`, expected, ...didYouMean(name, columnNames) });
    } else if (names.indexOf(name) !== index) {
      problems.push({ ...at, found: `the column ${quote(name)} again`, expected: 'each column once' });
    }
    column += name.length + 1;
  }
  if (!names.includes('site')) {
    problems.push({
      file,
      line: 1,
      column: 1,
      path: 'header',
      found: 'no column "site"',
      expected: 'a header row such as site,weight,tier',
    });
  }
  return { columns: names as ColumnName[], problems };
}

function readRows(file: string, lines: readonly string[], columns: readonly ColumnName[]): SitesResult {
  const sites: Site[] = [];
  const problems: Problem[] = [];
  const firstLine = new Map<string, number>();
  for (let index = 1; index < lines.length && problems.length < mostProblems; index += 1) {
    const row = readRow({ file, line: index + 1, text: lines[index] ?? '' }, columns, problems);
    if (!row) continue;
    const earlier = firstLine.get(row.site);
    if (earlier !== undefined) {
      const found = `the site ${quote(row.site)} again, as in line ${earlier}`;
      problems.push({ file, line: index + 1, column: 1, path: 'site', found, expected: 'each site once' });
    }
    firstLine.set(row.site, index + 1);
    sites.push(row);
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, sites };
}

interface Row {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

function readRow({ file, line, text }: Row, columns: readonly ColumnName[], problems: Problem[]): Site | undefined {
  const fields = text.split(',');
  const before = problems.length;
  if (fields.length !== columns.length) {
    const expected = `${columns.length}: ${columns.join(',')}`;
    problems.push({ file, line, column: 1, path: '', found: `${fields.length} fields`, expected });
    return undefined;
  }
  const values: Partial<Record<ColumnName, string>> = {};
  let column = 1;
  for (const [index, name] of columns.entries()) {
    const value = fields[index] ?? '';
    const { pattern, expected } = rules[name];
    if (!pattern.test(value)) problems.push({ file, line, column, path: name, found: quote(value), expected });
    values[name] = value;
    column += value.length + 1;
  }
  if (problems.length > before || values.site === undefined) return undefined;
  const { host, tier } = values;
  const needs = ownNeeds(values);
  return {
    site: values.site,
    weight: Number(values.weight ?? '1'),
    ...(host === undefined ? {} : { host }),
    ...(tier === undefined || tier === '' ? {} : { tier }),
    ...(needs && { needs }),
  };
}

/** Systems a row names by mode; undefined where it names none. */
function ownNeeds(values: Partial<Record<ColumnName, string>>): Site['needs'] {
  const given = servingModes.flatMap((mode) => (values[mode] ? [[mode, values[mode].split(' ')] as const] : []));
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
