import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { givenBundle, keptBundle } from '../../worker/bundle.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firedoor-bundle-'));
  vi.stubEnv('XDG_CACHE_HOME', folder);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

const sha256 = async (file: string): Promise<string> =>
  createHash('sha256')
    .update(await readFile(file))
    .digest('hex');

describe('the workflow bundle', () => {
  it('is built once for its sources, kept, and named by the sha256 of its bytes', async () => {
    const built = await keptBundle();
    const { mtimeMs } = await stat(built.codePath);
    expect(built.codePath.startsWith(folder)).toBe(true);
    expect(built.sha256).toBe(await sha256(built.codePath));
    expect(await keptBundle()).toEqual(built);
    expect((await stat(built.codePath)).mtimeMs).toBe(mtimeMs);
  });

  it('is another one for another entry', async () => {
    const sabotage = await keptBundle(path.resolve('drill/sabotage/workflows.ts'));
    const product = await keptBundle();
    expect(sabotage.codePath).not.toBe(product.codePath);
    expect(sabotage.sha256).not.toBe(product.sha256);
  });

  it('is taken as it is where one is given', async () => {
    const file = path.join(folder, 'given.js');
    await writeFile(file, '// built elsewhere');
    expect(await givenBundle(file)).toEqual({ codePath: file, sha256: await sha256(file) });
  });
});
