import { canonical } from '../model/canonical.ts';
import type { Plan, PlanFile } from '../model/plan.ts';
import { planFile as planFileSchema } from '../model/plan.ts';
import { sha256 } from './digest.ts';
import type { InvalidDocument } from './estate.ts';
import type { Files } from './files.ts';
import { diskFiles, readBounded, wholeFile } from './files.ts';
import type { Problem } from './problem.ts';
import { describe } from './quote.ts';
import { expectedWords, openUnions } from './schema-issues.ts';
import { bytesWords } from './text.ts';

/** Bytes a plan file may have. */
export const planFileLimitBytes = 64 * 1_048_576;
const mostProblems = 20;

/** A plan file whose every part has the digest it is signed under. */
export interface LoadedPlanFile {
  readonly ok: true;
  readonly planFile: PlanFile;
}

/**
 * Reads a plan file and verifies it: exact fields, header, slice and chunks each with their digest.
 *
 * @param path as the caller names it; places in problems carry it
 */
export async function loadPlanFile(path: string, files: Files = diskFiles): Promise<LoadedPlanFile | InvalidDocument> {
  const read = await readBounded(files, path, planFileLimitBytes);
  if (!read.ok) return { ok: false, problems: [read.problem] };
  return readPlanFile(path, read.bytes);
}

/** Reads and verifies the bytes of a plan file. */
export function readPlanFile(path: string, bytes: Uint8Array): LoadedPlanFile | InvalidDocument {
  if (bytes.length > planFileLimitBytes) {
    const problem = wholeFile(path, 'a file over the limit', `at most ${bytesWords(planFileLimitBytes)}`);
    return { ok: false, problems: [problem] };
  }
  const value = parseJson(bytes);
  if (value === undefined)
    return { ok: false, problems: [wholeFile(path, 'what is not JSON', 'a file that firedoor plan -o wrote')] };
  const parsed = parse(value);
  if (parsed === 'too deep') return { ok: false, problems: [wholeFile(path, 'nesting that goes too deep', 'a plan')] };
  if (!parsed.success) return { ok: false, problems: shapeProblems(path, value, parsed.error.issues) };
  const problems = digestProblems(path, parsed.data.plan);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, planFile: parsed.data };
}

/** The text of a plan file. */
export function renderPlanFile(file: PlanFile): string {
  return `${JSON.stringify(file)}\n`;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch {
    return undefined;
  }
}

/** Needs nest as deep as they are written; the stack ends before a hostile file does. */
function parse(value: unknown): ReturnType<typeof planFileSchema.safeParse> | 'too deep' {
  try {
    return planFileSchema.safeParse(value);
  } catch (error) {
    if (error instanceof RangeError) return 'too deep';
    throw error;
  }
}

type Issues = Parameters<typeof openUnions>[0];

function shapeProblems(file: string, value: unknown, issues: Issues): readonly Problem[] {
  return openUnions(issues)
    .slice(0, mostProblems)
    .map((issue) => {
      const path = issue.path.map(String);
      const found = issue.code === 'unrecognized_keys' ? `unknown keys: ${issue.keys.slice(0, 5).map((key) => describe(key)).join(', ')}` : describe(at(value, path)); // prettier-ignore
      const expected = issue.code === 'unrecognized_keys' ? 'no others' : expectedWords(issue);
      return { file, line: 1, column: 1, path: path.join('.'), found, expected };
    });
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, step) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, step)
        ? (inner as Record<string, unknown>)[step]
        : undefined,
    value,
  );
}

/** What in a plan has not the digest it goes by. */
function digestProblems(file: string, plan: Plan): readonly Problem[] {
  const problems: Problem[] = [];
  const expectDigest = (path: string, stated: string, part: unknown): void => {
    const digest = sha256(canonical(part));
    if (digest !== stated) problems.push({ file, line: 1, column: 1, path, found: digest, expected: stated });
  };
  expectDigest('plan.header', plan.digest, plan.header);
  expectDigest('plan.slice', plan.header.slice, plan.slice);
  for (const [digest, chunk] of Object.entries(plan.chunks)) expectDigest(`plan.chunks.${digest}`, digest, chunk);
  return [...problems, ...chunkProblems(file, plan)].slice(0, mostProblems);
}

/** The header names each chunk there is, and no other. */
function chunkProblems(file: string, { header, chunks }: Plan): readonly Problem[] {
  const signed = new Set([...header.stages, ...header.tiers].flatMap(({ waves }) => waves.map((wave) => wave.chunk)));
  const problem = (digest: string, found: string, expected: string): Problem => ({
    ...wholeFile(file, found, expected),
    path: `plan.chunks.${digest}`,
  });
  return [
    ...[...signed]
      .filter((digest) => !(digest in chunks))
      .map((digest) => problem(digest, 'nothing', 'the wave that is signed')),
    ...Object.keys(chunks).filter((digest) => !signed.has(digest)).map((digest) => problem(digest, 'a wave nobody signs', 'none')), // prettier-ignore
  ];
}
