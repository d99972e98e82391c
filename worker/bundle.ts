import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const sandboxRooms = ['model', 'planner', 'workflows'];

/** A workflow bundle on disk: its path and the sha256 of its bytes, which names the code an incident ran on. */
export interface KeptBundle {
  readonly codePath: string;
  readonly sha256: string;
}

async function sourcesOf(entry: string): Promise<readonly string[]> {
  const folders = [...sandboxRooms.map((room) => path.join(root, room)), path.dirname(entry)];
  const files = await Promise.all(
    folders.map(async (folder) => {
      const found = await readdir(folder, { recursive: true, withFileTypes: true });
      return found.filter((file) => file.isFile()).map((file) => path.join(file.parentPath, file.name));
    }),
  );
  return [...new Set(files.flat())].filter((file) => /\.(ts|js)$/.test(file)).toSorted();
}

/** Hash of everything a bundle is made of: the sandbox rooms, the entry's folder, and the locked dependencies. */
async function sourceHash(entry: string): Promise<string> {
  const hash = createHash('sha256');
  const locks = [path.join(root, 'package.json'), path.join(root, 'package-lock.json')];
  const converter = path.join(root, 'worker', 'failure-converter.ts');
  for (const file of [...(await sourcesOf(entry)), converter, ...locks]) {
    // An installed package has no lock file; then its own version says what it was made with.
    const bytes = await readFile(file).catch(() => '');
    hash.update(path.relative(root, file)).update('\0').update(bytes).update('\0');
  }
  return hash.digest('hex');
}

function cacheFolder(): string {
  return path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'firedoor', 'bundles');
}

/**
 * The bundle of a workflow entry, built once for its sources and kept by their hash: every worker of one checkout runs the
 * same bytes, and starts without building.
 *
 * @param entry the workflow entry; the product's is `workflows/index.ts`
 */
export async function keptBundle(entry: string = path.join(root, 'workflows', 'index.ts')): Promise<KeptBundle> {
  const codePath = path.join(cacheFolder(), `${await sourceHash(entry)}.js`);
  const code = await readFile(codePath).catch(() => undefined);
  return { codePath, sha256: digestOf(code ?? (await build(entry, codePath))) };
}

/** A bundle that was built before, as given. */
export async function givenBundle(codePath: string): Promise<KeptBundle> {
  return { codePath, sha256: digestOf(await readFile(codePath)) };
}

function digestOf(code: Buffer): string {
  return createHash('sha256').update(code).digest('hex');
}

async function build(entry: string, codePath: string): Promise<Buffer> {
  const failureConverterPath = path.join(root, 'worker', 'failure-converter.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath: entry, failureConverterPath, logger: silent });
  await mkdir(path.dirname(codePath), { recursive: true });
  const partial = `${codePath}.${process.pid}.partial`;
  await writeFile(partial, code);
  await rename(partial, codePath);
  return await readFile(codePath);
}

const ignore = (): void => undefined;
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
