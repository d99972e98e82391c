import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diskFiles, readBounded } from '../../documents/files.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'firedoor-files-'));
});
afterAll(async () => await rm(folder, { recursive: true, force: true }));

describe('readBounded', () => {
  it('gives the bytes of a file, and one more than the limit of a file over it', async () => {
    const path = join(folder, 'file');
    await writeFile(path, 'x'.repeat(10));
    expect(await readBounded(diskFiles, path, 10)).toMatchObject({ ok: true, bytes: { length: 10 } });
    expect(await readBounded(diskFiles, path, 4)).toMatchObject({ ok: true, bytes: { length: 5 } });
  });

  it('never waits for what has no end or no writer: a folder, a device, a pipe', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    for (const path of [folder, '/dev/zero', pipe]) {
      expect(await readBounded(diskFiles, path, 10)).toMatchObject({
        ok: false,
        problem: { file: path, found: 'no regular file', expected: 'a file of at most 10 bytes' },
      });
    }
  });

  it('says that there is no such file', async () => {
    expect(await readBounded(diskFiles, join(folder, 'none'), 1_048_576)).toMatchObject({
      ok: false,
      problem: { found: 'no such file', expected: 'a file of at most 1 MiB' },
    });
  });
});
