import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const runMs = 120_000;
const smallDrill = ['drill/main.ts', '--fast', '--scenario', 'small'];
const smallStack = ['cli/main.ts', 'dev', '--scenario', 'small', '--json'];
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firedoor-interrupt-test-'));
});
afterEach(async () => await rm(folder, { recursive: true, force: true }));

/** Starts a program of the drill with temporary files of its own, and presses Ctrl-C once its output has the mark. */
async function interrupted(args: readonly string[], mark: string): Promise<{ code: number | null; out: string }> {
  const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: folder }, stdio: 'pipe' });
  let out = '';
  let pressed = false;
  const hear = (chunk: Buffer): void => {
    out += chunk.toString();
    if (pressed || !out.includes(mark)) return;
    pressed = true;
    child.kill('SIGINT');
  };
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out };
}

/** Processes that inherited the temporary folder; everything the drill starts does. Known on Linux alone. */
async function processesLeft(): Promise<readonly string[]> {
  const ids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    ids.map(async (id) => {
      const environment = await readFile(`/proc/${id}/environ`, 'utf8').catch(() => '');
      return environment.split('\0').includes(`TMPDIR=${folder}`) ? [id] : [];
    }),
  );
  return found.flat();
}

describe('Ctrl-C', () => {
  test.each([
    { when: 'while the company opens', args: smallDrill, mark: 'Opening the emulated', exitCode: 130 },
    { when: 'in the middle of the story', args: smallDrill, mark: 'cut-off, wave 1 of', exitCode: 130 },
    { when: 'on the local stack', args: smallStack, mark: 'firedoor/dev/v1', exitCode: 0 },
  ])(
    '$when ends everything that was started, and says so',
    async ({ args, mark, exitCode }) => {
      const { code, out } = await interrupted(args, mark);
      expect(code, out).toBe(exitCode);
      expect(out).toContain('Stopping: ending every process that was started.');
      expect(await processesLeft()).toEqual([]);
      expect(await readdir(folder)).toEqual([]);
    },
    runMs,
  );
});
