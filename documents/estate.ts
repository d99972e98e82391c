import type { Estate, EstateFile, Site } from '../model/estate.ts';
import { estateFile } from '../model/estate.ts';
import { namesIn } from '../model/modes.ts';
import type { Place } from '../model/refusal.ts';
import type { Checks } from './checks.ts';
import { report } from './checks.ts';
import { cyclesIn } from './cycles.ts';
import { sha256 } from './digest.ts';
import { checkEstate } from './estate-checks.ts';
import { checkSites, checkTcpProbes } from './site-checks.ts';
import type { Files } from './files.ts';
import { diskFiles, readBounded, resolveBeside } from './files.ts';
import type { Problem } from './problem.ts';
import { sortProblems } from './problem.ts';
import { schemaProblems } from './schema-problems.ts';
import { readSites, sitesLimits } from './sites.ts';
import type { Path } from './yaml.ts';
import { readYaml, yamlLimitBytes } from './yaml.ts';

/** A file that was read, by the digest of its bytes. */
export interface ReadFile {
  readonly path: string;
  readonly digest: string;
}

/** An estate that holds together. */
export interface LoadedEstate {
  readonly ok: true;
  readonly estate: Estate;
  /** Where a path of the estate stands in its file; the nearest parent, where it is a default. */
  readonly locate: (path: Path) => Place;
  /** The estate file first, then the sites files. */
  readonly files: readonly ReadFile[];
  /** What is allowed and worth knowing: systems that need each other. */
  readonly notes: readonly string[];
}

/** What is wrong with a document: every problem, in order. */
export interface InvalidDocument {
  readonly ok: false;
  readonly problems: readonly Problem[];
}

/**
 * Reads an estate and the sites files it names, which must stand in its folder.
 *
 * @param path as the caller names it; places in problems carry it
 * @returns the estate, or every problem at once
 */
export async function loadEstate(path: string, files: Files = diskFiles): Promise<LoadedEstate | InvalidDocument> {
  const read = await readBounded(files, path, yamlLimitBytes);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const yaml = readYaml(path, read.bytes);
  if (!yaml.ok) return yaml;
  const parsed = estateFile.safeParse(yaml.source.value);
  if (!parsed.success) return invalid(yaml.problems, schemaProblems(yaml.source, estateFile, parsed.error.issues));
  const checks: Checks = { source: yaml.source, problems: [...yaml.problems] };
  checkEstate(checks, parsed.data);
  const loaded = await loadSites(checks, parsed.data, files);
  checkTcpProbes(checks, parsed.data, loaded.sites);
  checkSites(checks, parsed.data, loaded.sites);
  if (checks.problems.length > 0) return invalid(checks.problems);
  return {
    ok: true,
    estate: { ...parsed.data, sites: loaded.sites },
    locate: yaml.source.locate,
    files: [{ path, digest: sha256(read.bytes) }, ...loaded.files],
    notes: cycleNotes(parsed.data),
  };
}

/** Every problem of a document, in order. Where a value is wrong in two ways, what its schema says goes before. */
export function invalid(found: readonly Problem[], bySchema: readonly Problem[] = []): InvalidDocument {
  const taken = new Set(bySchema.map(({ line, column }) => `${line}:${column}`));
  const others = found.filter(({ line, column }) => !taken.has(`${line}:${column}`));
  return { ok: false, problems: sortProblems([...others, ...bySchema]) };
}

interface LoadedSites {
  readonly sites: Record<string, readonly Site[]>;
  readonly files: ReadFile[];
}

async function loadSites(checks: Checks, estate: EstateFile, files: Files): Promise<LoadedSites> {
  const loaded: LoadedSites = { sites: {}, files: [] };
  for (const [index, service] of estate.services.entries()) {
    const at = ['services', index, 'sites', 'from'];
    const beside = await resolveBeside(files, checks.source.file, service.sites.from);
    if (!beside.ok) {
      report(checks, at, { found: beside.found, expected: 'a CSV file in the folder of the estate' });
      continue;
    }
    const read = await readBounded(files, beside.path, sitesLimits.bytes);
    const result = read.ok ? readSites(beside.path, read.bytes) : { ok: false as const, problems: [read.problem] };
    if (!result.ok) checks.problems.push(...result.problems);
    else loaded.sites[service.name] = result.sites;
    if (read.ok) addFile(loaded.files, { path: beside.path, digest: sha256(read.bytes) });
  }
  return loaded;
}

function addFile(files: ReadFile[], file: ReadFile): void {
  if (!files.some(({ path }) => path === file.path)) files.push(file);
}

function cycleNotes(estate: EstateFile): readonly string[] {
  const graph = new Map(estate.systems.map(({ name, needs }) => [name, namesIn(needs)]));
  return cyclesIn(graph).map((group) =>
    group.length === 1
      ? `${group[0] ?? ''} needs itself`
      : `${group.join(', ')} need each other: contained and given back as one group`,
  );
}
