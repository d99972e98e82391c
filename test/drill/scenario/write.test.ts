import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenarios } from '../../../drill/scenario/scenarios.ts';
import { writeScenario } from '../../../drill/scenario/write.ts';
import type { WrittenScenario } from '../../../drill/scenario/write.ts';

describe('a written scenario', () => {
  let directory: string;
  let written: WrittenScenario;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'firedoor-scenario-'));
    written = await writeScenario(scenarios.small, join(directory, 'small'), { twinUrl: 'http://127.0.0.1:40001/' });
  });
  afterAll(async () => await rm(directory, { recursive: true, force: true }));

  it('points every probe at the twin', async () => {
    const estate = await readFile(written.estatePath, 'utf8');
    expect(estate.match(/http:\/\/127\.0\.0\.1:40001\/store-tills\/\{site\}\/(normal|degraded)/g)).toHaveLength(2);
    expect(estate).not.toMatch(/http:\/\/twin/);
  });

  it('gives each person of the estate a key that allowed_signers accepts for decisions, as them', async () => {
    expect(Object.keys(written.people).toSorted()).toEqual(
      ['ada', 'bo', 'cy', 'dee', 'eve'].map((name) => `${name}@example.org`),
    );
    for (const { id, keyPath } of Object.values(written.people)) await sign(keyPath, id);
  });

  it('has an outsider whose key nobody accepts', async () => {
    await expect(sign(written.outsiderKeyPath, 'ada@example.org')).rejects.toThrow();
  });

  it('accepts keys for decisions only', async () => {
    await expect(sign(written.people['bo@example.org']?.keyPath ?? '', 'bo@example.org', 'file')).rejects.toThrow();
  });

  it('has both playbooks of the story', () => {
    expect(Object.keys(written.playbooks)).toEqual(['intrusion', 'naive']);
  });

  async function sign(keyPath: string, id: string, namespace = 'decision@firedoor'): Promise<void> {
    const message = join(directory, 'message');
    await writeFile(message, 'approve');
    await rm(`${message}.sig`, { force: true });
    execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-f', keyPath, '-n', namespace, message], { stdio: 'ignore' });
    const verify = [
      '-Y',
      'verify',
      '-f',
      written.allowedSignersPath,
      '-I',
      id,
      '-n',
      namespace,
      '-s',
      `${message}.sig`,
    ];
    execFileSync('ssh-keygen', verify, { input: 'approve', stdio: ['pipe', 'ignore', 'ignore'] });
  }
});
