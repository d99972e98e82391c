import { durationMs } from '../model/duration.ts';
import type { Estate } from '../model/estate.ts';
import type { Playbook, Selector } from '../model/playbook.ts';
import { playbook as playbookSchema } from '../model/playbook.ts';
import type { Place } from '../model/refusal.ts';
import type { Checks } from './checks.ts';
import { checkDistinct, checkReference, checkRoles, report } from './checks.ts';
import { sha256 } from './digest.ts';
import type { InvalidDocument, ReadFile } from './estate.ts';
import { invalid } from './estate.ts';
import { estateNames } from './estate-checks.ts';
import type { Files } from './files.ts';
import { diskFiles, readBounded } from './files.ts';
import type { Problem } from './problem.ts';
import { sortProblems } from './problem.ts';
import { quote } from './quote.ts';
import { schemaProblems } from './schema-problems.ts';
import { didYouMean } from './suggest.ts';
import type { Path, YamlSource } from './yaml.ts';
import { readYaml, yamlLimitBytes } from './yaml.ts';

/** A playbook that holds together by itself. */
export interface LoadedPlaybook {
  readonly ok: true;
  readonly playbook: Playbook;
  readonly locate: (path: Path) => Place;
  readonly files: readonly ReadFile[];
  /** The file behind it, for {@link checkPlaybookAgainst}. */
  readonly source: YamlSource;
}

/** Gates are named by stage and by `restore/<tier>`, and systems in no tier form the tier `rest`. */
const reservedNames = ['rest', 'restore'];
const systemKeys = ['systems', 'reachableFrom', 'principalsOf', 'except'] as const;

/**
 * Reads a playbook.
 *
 * @param path as the caller names it; places in problems carry it
 * @returns the playbook, or every problem at once; names of systems are checked by {@link checkPlaybookAgainst}
 */
export async function loadPlaybook(path: string, files: Files = diskFiles): Promise<LoadedPlaybook | InvalidDocument> {
  const read = await readBounded(files, path, yamlLimitBytes);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  const yaml = readYaml(path, read.bytes);
  if (!yaml.ok) return yaml;
  const { source } = yaml;
  const parsed = playbookSchema.safeParse(source.value);
  if (!parsed.success) return invalid(yaml.problems, schemaProblems(source, playbookSchema, parsed.error.issues));
  const checks: Checks = { source, problems: [...yaml.problems] };
  checkPlaybook(checks, parsed.data);
  if (checks.problems.length > 0) return invalid(checks.problems);
  const readFiles = [{ path, digest: sha256(read.bytes) }];
  return { ok: true, playbook: parsed.data, locate: source.locate, files: readFiles, source };
}

/** The names of a playbook that an estate doesn't have: systems, zones, principals, roles. */
export function checkPlaybookAgainst({ playbook, source }: LoadedPlaybook, estate: Estate): readonly Problem[] {
  const checks: Checks = { source, problems: [] };
  const names = estateNames(estate);
  const systemsAt = (path: Path, list: readonly string[]): void => {
    for (const [index, name] of list.entries()) {
      checkReference(checks, { path: [...path, index], name, kind: 'system', known: names.systems });
    }
  };
  for (const [name, { default: systems }] of Object.entries(playbook.parameters)) {
    systemsAt(['parameters', name, 'default'], systems ?? []);
  }
  for (const [index, { on, approve }] of playbook.stages.entries()) {
    const path = ['stages', index];
    for (const key of systemKeys) systemsAt([...path, 'on', key], listOf(on[key]));
    if (on.zone !== undefined) {
      checkReference(checks, { path: [...path, 'on', 'zone'], name: on.zone, kind: 'zone', known: names.zones });
    }
    for (const [position, name] of (on.principals ?? []).entries()) {
      const at = [...path, 'on', 'principals', position];
      checkReference(checks, { path: at, name, kind: 'principal', known: names.principals });
    }
    checkRoles(checks, approve?.quorum, { path: [...path, 'approve', 'quorum'], roles: names.roles });
  }
  for (const [index, tier] of playbook.restore.tiers.entries()) {
    const path = ['restore', 'tiers', index];
    systemsAt([...path, 'systems'], tier.systems);
    checkRoles(checks, tier.approve?.quorum, { path: [...path, 'approve', 'quorum'], roles: names.roles });
  }
  return sortProblems(checks.problems);
}

function listOf(value: Selector['systems']): readonly string[] {
  return Array.isArray(value) ? value : [];
}

function checkPlaybook(checks: Checks, playbook: Playbook): void {
  const { stages } = playbook;
  const { tiers } = playbook.restore;
  checkNames(checks, ['stages'], stages);
  checkNames(checks, ['restore', 'tiers'], tiers);
  checkTierSystems(checks, playbook);
  checkTierTimes(checks, playbook);
  const parameters = new Set(Object.keys(playbook.parameters));
  for (const [index, { on }] of stages.entries()) {
    for (const key of systemKeys) checkParameter(checks, ['stages', index, 'on', key], { value: on[key], parameters });
  }
}

function checkNames(checks: Checks, path: Path, items: readonly { readonly name: string }[]): void {
  checkDistinct(checks, path, { items, key: 'name' });
  for (const [index, { name }] of items.entries()) {
    if (!reservedNames.includes(name)) continue;
    report(checks, [...path, index, 'name'], {
      found: `${quote(name)}, a name firedoor uses itself`,
      expected: 'another name',
    });
  }
}

/** A system is given back once: it stands in one tier. */
function checkTierSystems(checks: Checks, playbook: Playbook): void {
  const tierOf = new Map<string, string>();
  for (const [index, tier] of playbook.restore.tiers.entries()) {
    for (const [position, system] of tier.systems.entries()) {
      const earlier = tierOf.get(system);
      if (earlier !== undefined) {
        const found = `${quote(system)} again, already in tier ${earlier}`;
        report(checks, ['restore', 'tiers', index, 'systems', position], {
          found,
          expected: 'each system in one tier',
        });
      }
      tierOf.set(system, tier.name);
    }
  }
}

/** Tiers go in their order: none can be due back before one that goes first. */
function checkTierTimes(checks: Checks, { releaseBy, restore }: Playbook): void {
  let latest = { ms: 0, words: '' };
  for (const [index, tier] of restore.tiers.entries()) {
    const written = tier.releaseBy ?? releaseBy;
    if (durationMs(written) < latest.ms) {
      report(checks, ['restore', 'tiers', index, 'releaseBy'], {
        found: `${written}, sooner than ${latest.words}, which goes first`,
        expected: 'a tier to be due back no sooner than those before it',
      });
    } else latest = { ms: durationMs(written), words: `tier ${tier.name} (${written})` };
  }
}

function checkParameter(
  checks: Checks,
  path: Path,
  { value, parameters }: { readonly value: Selector['systems']; readonly parameters: ReadonlySet<string> },
): void {
  if (typeof value !== 'string') return;
  const name = value.slice(1);
  if (parameters.has(name)) return;
  const { hint } = didYouMean(name, parameters);
  report(checks, path, {
    found: `${quote(value)}, no such parameter`,
    ...(hint ? { hint: hint.replace('"', '"$') } : {}),
  });
}
