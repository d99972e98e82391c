import type { LoadedEstate } from '../documents/estate.ts';
import { loadEstate } from '../documents/estate.ts';
import type { Files } from '../documents/files.ts';
import { readBounded, wholeFile } from '../documents/files.ts';
import { loadPlanFile } from '../documents/plan-file.ts';
import type { LoadedPlaybook } from '../documents/playbook.ts';
import { checkPlaybookAgainst, loadPlaybook } from '../documents/playbook.ts';
import type { Problem } from '../documents/problem.ts';
import { sortProblems } from '../documents/problem.ts';
import { describe } from '../documents/quote.ts';
import { didYouMean } from '../documents/suggest.ts';
import type { YamlSource } from '../documents/yaml.ts';
import { readYaml, yamlLimitBytes } from '../documents/yaml.ts';
import { countWords, shortDigest } from './render/words.ts';

/** A file without problems, in one line. */
export interface CheckedFile {
  readonly file: string;
  readonly kind: 'estate' | 'playbook' | 'plan';
  readonly summary: string;
  readonly notes: readonly string[];
}

/** What a check came to: files in the order given, and problems sorted by file and place. */
export interface CheckResult {
  readonly files: readonly CheckedFile[];
  readonly problems: readonly Problem[];
}

interface OneFile {
  readonly file?: CheckedFile;
  readonly problems: readonly Problem[];
  readonly estate?: LoadedEstate;
  readonly playbook?: LoadedPlaybook;
}

/** Checks files each by itself, then every playbook against the estate, where exactly one is among them. */
export async function checkFiles(files: Files, paths: readonly string[]): Promise<CheckResult> {
  const checked: OneFile[] = [];
  for (const path of paths) checked.push(await checkFile(files, path));
  const estates = checked.flatMap(({ estate }) => (estate ? [estate] : []));
  const [estate] = estates;
  const against =
    estate && estates.length === 1
      ? checked.flatMap(({ playbook }) => (playbook ? checkPlaybookAgainst(playbook, estate.estate) : []))
      : [];
  const own = checked.flatMap(({ problems }) => problems);
  return { files: checked.flatMap(({ file }) => (file ? [file] : [])), problems: sortProblems([...own, ...against]) };
}

async function checkFile(files: Files, path: string): Promise<OneFile> {
  if (path.endsWith('.json')) return await checkPlan(files, path);
  const read = await readBounded(files, path, yamlLimitBytes);
  if (!read.ok) return { problems: [read.problem] };
  const yaml = readYaml(path, read.bytes);
  if (!yaml.ok) return yaml;
  const kind = kindOf(yaml.source.value);
  if (kind === 'Estate') return await checkEstate(files, path);
  if (kind === 'Playbook') return await checkPlaybook(files, path);
  return { problems: [unknownKind(path, yaml.source, kind)] };
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'kind' in value ? value.kind : undefined;
}

function unknownKind(path: string, source: YamlSource, kind: unknown): Problem {
  if (kind === undefined) return wholeFile(path, 'no kind', 'kind: Estate or kind: Playbook');
  const hint = typeof kind === 'string' ? didYouMean(kind, ['Estate', 'Playbook']) : {};
  return { ...source.locate(['kind']), path: 'kind', found: describe(kind), expected: 'Estate or Playbook', ...hint };
}

async function checkEstate(files: Files, path: string): Promise<OneFile> {
  const estate = await loadEstate(path, files);
  if (!estate.ok) return estate;
  const { name, systems, services, sites } = estate.estate;
  const distinctSites = new Set(Object.values(sites).flatMap((list) => list.map(({ site }) => site))).size;
  const counts = [
    countWords(systems.length, 'system'),
    countWords(services.length, 'service'),
    countWords(distinctSites, 'site'),
  ];
  const summary = `estate ${name}: ${counts.join(', ')}`;
  return { file: { file: path, kind: 'estate', summary, notes: estate.notes }, problems: [], estate };
}

async function checkPlaybook(files: Files, path: string): Promise<OneFile> {
  const playbook = await loadPlaybook(path, files);
  if (!playbook.ok) return playbook;
  const { name, stages, restore } = playbook.playbook;
  const counts = `${countWords(stages.length, 'stage')}, ${countWords(restore.tiers.length, 'restore tier')}`;
  const summary = `playbook ${name}: ${counts}`;
  return { file: { file: path, kind: 'playbook', summary, notes: [] }, problems: [], playbook };
}

async function checkPlan(files: Files, path: string): Promise<OneFile> {
  const loaded = await loadPlanFile(path, files);
  if (!loaded.ok) return loaded;
  const { plan } = loaded.planFile;
  const summary = `plan of ${plan.header.playbook.name} on ${plan.header.estate.name}: ${shortDigest(plan.digest)}, every part as signed`;
  return { file: { file: path, kind: 'plan', summary, notes: [] }, problems: [] };
}
