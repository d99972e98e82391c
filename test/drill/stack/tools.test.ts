import { mkdtemp, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cacheDirectory, withLock } from '../../../drill/stack/cache.ts';
import { findTemporalCli } from '../../../drill/stack/temporal-cli.ts';
import { findOnPath, MissingToolError, requireTools } from '../../../drill/stack/tools.ts';

let directory: string;
let lines: string[];
const log = (line: string) => void lines.push(line);

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'firedoor-tools-'));
  lines = [];
});
afterEach(async () => await rm(directory, { recursive: true, force: true }));

async function program(path: string, script = ''): Promise<string> {
  const file = join(directory, path);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return file;
}

describe('requireTools', () => {
  it('passes on this machine', async () => await requireTools());

  it('names everything that is missing at once, and what to install', async () => {
    const failure = requireTools(directory);
    await expect(failure).rejects.toThrow(MissingToolError);
    await expect(failure).rejects.toThrow(/No python3 on PATH.*Install Python 3\.10.*No ssh-keygen.*Install OpenSSH/);
  });

  it('refuses a Python that is too old or has no venv, and says which', async () => {
    const python = await program('python3', 'exit 1');
    await program('ssh-keygen');
    await expect(requireTools(directory)).rejects.toThrow(`${python} can't make the environment`);
  });
});

describe('findTemporalCli', () => {
  const cached = 'cache/firedoor/temporal/v1.5.1/temporal';
  const environment = () => ({ PATH: join(directory, 'bin'), XDG_CACHE_HOME: join(directory, 'cache') });

  it('takes FIREDOOR_TEMPORAL_CLI before PATH, and PATH before the cache', async () => {
    const inCache = await program(cached);
    expect(await findTemporalCli(log, environment())).toBe(inCache);
    const onPath = await program('bin/temporal');
    expect(await findTemporalCli(log, environment())).toBe(onPath);
    const named = await program('elsewhere/temporal');
    expect(await findTemporalCli(log, { ...environment(), FIREDOOR_TEMPORAL_CLI: named })).toBe(named);
    expect(lines).toEqual([]);
  });

  it('does not look further when FIREDOOR_TEMPORAL_CLI names no program', async () => {
    await program(cached);
    const failure = findTemporalCli(log, { ...environment(), FIREDOOR_TEMPORAL_CLI: '/nowhere/temporal' });
    await expect(failure).rejects.toThrow(MissingToolError);
    await expect(failure).rejects.toThrow(/\/nowhere\/temporal, which is not a program/);
  });

  it('builds it with Go into the cache once, whoever asks at the same time, and says that it takes time', async () => {
    await program('bin/go', 'echo "$*" >> "$GOBIN/../asked"; echo "#!/bin/sh" > "$GOBIN/temporal"');
    const found = await Promise.all([findTemporalCli(log, environment()), findTemporalCli(log, environment())]);
    expect(found).toEqual([join(directory, cached), join(directory, cached)]);
    expect(lines).toEqual([expect.stringMatching(/go install.*some minutes, once/)]);
    const folder = join(directory, cached, '..');
    expect(await readFile(join(folder, 'asked'), 'utf8')).toBe(
      'install github.com/temporalio/cli/cmd/temporal@v1.5.1\n',
    );
    expect((await readdir(folder)).toSorted()).toEqual(['asked', 'temporal']);
  });
});

describe('the cache', () => {
  it('is under XDG_CACHE_HOME, else under ~/.cache', () => {
    expect(cacheDirectory({ XDG_CACHE_HOME: '/x' })).toBe('/x/firedoor');
    expect(cacheDirectory({})).toMatch(/\/\.cache\/firedoor$/);
  });

  it('lets one build at a time, and frees its lock when the work fails', async () => {
    const lock = join(directory, 'a.lock');
    let inside = 0;
    const work = async () => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      inside--;
    };
    await Promise.all([withLock(lock, work), withLock(lock, work), withLock(lock, work)]);
    await expect(withLock(lock, async () => await Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await readdir(directory)).toEqual([]);
  });

  it.each([
    ['a dead process', '999999999'],
    ['a process that died before it wrote its id', ''],
  ])('takes over the lock of %s', async (_holder, content) => {
    const lock = join(directory, 'a.lock');
    await writeFile(lock, content);
    await utimes(lock, 0, 0);
    expect(await withLock(lock, async () => await Promise.resolve('done'))).toBe('done');
    expect(await readdir(directory)).toEqual([]);
  });
});

it('findOnPath passes over files that are no programs', async () => {
  await writeFile(join(directory, 'thing'), '');
  expect((await stat(join(directory, 'thing'))).isFile()).toBe(true);
  expect(await findOnPath('thing', directory)).toBeUndefined();
});
