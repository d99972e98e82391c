import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { LoadedEstate } from '../documents/estate.ts';
import { invalid, loadEstate } from '../documents/estate.ts';
import { diskFiles, readBounded } from '../documents/files.ts';
import { renderProblems } from '../documents/problem.ts';
import { schemaProblems } from '../documents/schema-problems.ts';
import { readYaml } from '../documents/yaml.ts';
import { duration, durationMs } from '../model/duration.ts';
import { name } from '../model/names.ts';
import type { Notifiers } from '../activities/notify/notify.ts';
import type { Keyring } from './keyring.ts';
import { KeyringError, readKeyring } from './keyring.ts';
import { notifyShape, readNotifiers } from './notifiers.ts';

const fileLimitBytes = 64 * 1024;
/** It is part of every plan. */
const revocationsLimitBytes = 512 * 1024;

/** The worker's configuration file. Paths are relative to it; where Temporal is, `temporal.toml` and `TEMPORAL_*` say. */
const workerFile = z.strictObject({
  apiVersion: z.literal('firedoor/v1'),
  kind: z.literal('Worker'),
  estate: z.string().min(1),
  allowedSigners: z.string().min(1),
  /** Keys that no longer count, as `ssh-keygen -Y verify -r` takes them: a KRL, or public keys one a line. */
  revocations: z.string().min(1).optional(),
  /** A file with at least 64 hex digits, readable by the workers alone: it seals plans and captures. */
  key: z.string().min(1),
  /** Keys for payloads, in a file; or `none`, said out loud, since the Temporal Service then sees every payload. */
  encryption: z.union([z.literal('none'), z.strictObject({ keys: z.string().min(1) })]),
  /** Accounts this worker holds credentials for; all of the estate when absent. */
  accounts: z.array(name).min(1).optional(),
  iamPropagation: duration.default('PT10S'),
  workflowBundle: z.string().min(1).optional(),
  ...notifyShape,
});
type WorkerFile = z.infer<typeof workerFile>;

/** The configuration with everything it points at read. */
export interface WorkerConfig {
  readonly estate: LoadedEstate;
  readonly allowedSigners: string;
  /** The list of revoked keys, base64 of the whole file. */
  readonly revocations: string | undefined;
  readonly key: Uint8Array;
  /** Keys that payloads are encrypted with; absent where `encryption` is `none`. */
  readonly payloadKeys: Keyring | undefined;
  readonly accounts: readonly string[];
  readonly iamPropagationMs: number;
  /** A bundle built before; without it the worker builds one and keeps it. */
  readonly workflowBundle: string | undefined;
  /** Who is told of what happens; nobody where nothing is said. */
  readonly notify: Notifiers;
}

/** The configuration can't be used; `problems` has a line for each reason. */
export class WorkerConfigError extends Error {
  override readonly name = 'WorkerConfigError';
  readonly problems: readonly string[];
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** Reads the worker's configuration, its estate and keys. Throws {@link WorkerConfigError} with every problem at once. */
export async function loadConfig(configPath: string): Promise<WorkerConfig> {
  const file = await readConfigFile(configPath);
  const beside = (named: string): string => path.resolve(path.dirname(configPath), named);
  const problems: string[] = [];
  const read = async (key: 'allowedSigners' | 'key'): Promise<string> =>
    await readFile(beside(file[key]), 'utf8').catch(() => {
      problems.push(`${key}: found no readable file ${file[key]}, expected one`);
      return '';
    });
  const [estate, allowedSigners, key, revocations] = await Promise.all([
    loadEstate(beside(file.estate)),
    read('allowedSigners'),
    read('key'),
    file.revocations === undefined ? undefined : readRevocations(beside(file.revocations), problems),
  ]);
  if (!estate.ok) problems.push(...renderProblems(estate.problems));
  const payloadKeys = await readPayloadKeys(file, beside, problems);
  const notify = await readNotifiers(file, {
    estate: estate.ok ? estate.estate : undefined,
    read: async (named) => await readFile(beside(named), 'utf8').catch(() => undefined),
    problems,
  });
  if (key !== '' && !/^[0-9a-f]{64,}$/.test(key.trim()))
    problems.push('key: expected at least 64 hex digits in the file');
  if (!estate.ok || problems.length > 0) throw new WorkerConfigError(problems);
  return {
    estate,
    allowedSigners,
    revocations,
    key: Buffer.from(key.trim(), 'hex'),
    payloadKeys,
    accounts: accountsOf(file, estate),
    iamPropagationMs: durationMs(file.iamPropagation),
    workflowBundle: file.workflowBundle === undefined ? undefined : beside(file.workflowBundle),
    notify,
  };
}

async function readPayloadKeys(
  { encryption }: WorkerFile,
  beside: (named: string) => string,
  problems: string[],
): Promise<Keyring | undefined> {
  if (encryption === 'none') return undefined;
  try {
    return readKeyring(await readFile(beside(encryption.keys), 'utf8'), encryption.keys);
  } catch (error) {
    const lines = error instanceof KeyringError ? error.problems : [`found no readable file ${encryption.keys}`];
    problems.push(...lines.map((line) => `encryption.keys: ${line}`));
    return undefined;
  }
}

/** A list of revoked keys that can't be read is a problem, never an empty list. */
async function readRevocations(file: string, problems: string[]): Promise<string | undefined> {
  const read = await readBounded(diskFiles, file, revocationsLimitBytes);
  if (read.ok) return Buffer.from(read.bytes).toString('base64');
  problems.push(...renderProblems([read.problem]));
  return undefined;
}

async function readConfigFile(configPath: string): Promise<WorkerFile> {
  const read = await readBounded(diskFiles, configPath, fileLimitBytes);
  if (!read.ok) throw new WorkerConfigError(renderProblems([read.problem]));
  const yaml = readYaml(configPath, read.bytes, fileLimitBytes);
  if (!yaml.ok) throw new WorkerConfigError(renderProblems(yaml.problems));
  const parsed = workerFile.safeParse(yaml.source.value);
  const bySchema = parsed.success ? [] : schemaProblems(yaml.source, workerFile, parsed.error.issues);
  const { problems } = invalid(yaml.problems, bySchema);
  if (!parsed.success || problems.length > 0) throw new WorkerConfigError(renderProblems(problems));
  return parsed.data;
}

function accountsOf(file: WorkerFile, { estate }: LoadedEstate): readonly string[] {
  const known = estate.accounts.map((account) => account.name);
  const asked = file.accounts ?? known;
  const unknown = asked.filter((account) => !known.includes(account));
  if (unknown.length > 0)
    throw new WorkerConfigError([`accounts: found ${unknown.join(', ')}, expected of ${known.join(', ')}`]);
  return asked;
}
