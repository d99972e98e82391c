import { describe, expect, it } from 'vitest';
import { readPlanFile } from '../../documents/plan-file.ts';
import type { Since } from '../../model/plan.ts';
import type { Outcome } from './fake-context.ts';
import { runCli } from './fake-context.ts';
import { planningFiles } from './planning-files.ts';

type Files = Readonly<Record<string, string>>;

interface Live {
  readonly instances: readonly { readonly id: string; readonly tags: Readonly<Record<string, string>> }[];
}

/** The world a while later: one desktop is gone, and somebody tagged a till as one. */
function later(): Files {
  const live = JSON.parse(planningFiles['live.json'] ?? '') as Live;
  const instances = live.instances
    .filter(({ id }) => id !== 'i-0v5')
    .map((each) => (each.id === 'i-0t2' ? { ...each, tags: { system: 'vdi' } } : each));
  return { ...planningFiles, 'live.json': JSON.stringify({ ...live, instances }) };
}

const request = ['-p', 'compromised=vdi,directory', '--offline', '--estate', 'estate.yaml', '--live', 'live.json'];
const plan = async (files: Files, ...argv: readonly string[]): Promise<Outcome> =>
  await runCli(['plan', 'intrusion', ...request, ...argv], { files, now: '2025-04-22T14:02:00.000Z' });

/** Files with an earlier plan among them, made as asked. */
async function withPlan(path: string, ...argv: readonly string[]): Promise<Files> {
  const made = await runCli(['plan', 'intrusion', ...request, '-o', path, ...argv], { files: planningFiles });
  return { ...later(), [path]: made.written[path] ?? '' };
}

function sinceIn({ written }: Outcome, path: string): Since | undefined {
  const read = readPlanFile(path, new TextEncoder().encode(written[path]));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.planFile.since;
}

const came = [{ id: 'i-0t2', systems: ['vdi'] }];
const went = [{ id: 'i-0v5', systems: ['vdi'] }];

describe('a plan made again', () => {
  it('says which targets came and went since the plan it writes over', async () => {
    const outcome = await plan(await withPlan('plan.json'), '-o', 'plan.json');
    expect(sinceIn(outcome, 'plan.json')).toMatchObject({ plannedAt: '2025-04-22T13:02:00.000Z', came, went });
    expect(outcome.stdout).toContain(
      [
        '1 target came since the plan of 13:02: i-0t2 of vdi',
        '              1 target went since the plan of 13:02: i-0v5 of vdi',
      ].join('\n'),
    );
  });

  it('says nothing where it asks for something else, or what it writes over is no plan', async () => {
    const other = await plan(await withPlan('plan.json', '--except', 'till-gateway'), '-o', 'plan.json');
    expect(sinceIn(other, 'plan.json')).toBeUndefined();
    const notes = await plan({ ...later(), 'plan.json': 'a shopping list' }, '-o', 'plan.json');
    expect(notes.exitCode).toBe(0);
    expect(sinceIn(notes, 'plan.json')).toBeUndefined();
  });

  it('compares with the plan it is told to, whatever that asked for; in JSON too', async () => {
    const outcome = await plan(await withPlan('old.json', '--except', 'till-gateway'), '--since', 'old.json', '--json');
    expect((JSON.parse(outcome.stdout) as { since: Since }).since).toMatchObject({ came, went });
  });

  it('refuses to compare with what is no plan, or is one of another estate', async () => {
    const missing = await plan(later(), '--since', 'old.json');
    expect([missing.exitCode, missing.stderr]).toEqual([
      2,
      expect.stringContaining('old.json:1:1  found no such file'),
    ]);
    const files = await withPlan('old.json');
    const renamed = { ...files, 'estate.yaml': files['estate.yaml']?.replace('name: retail\n', 'name: other\n') ?? '' };
    const foreign = await plan(renamed, '--since', 'old.json');
    expect([foreign.exitCode, foreign.stderr]).toEqual([
      2,
      expect.stringContaining('--since names a plan of the estate retail; this one is of other.'),
    ]);
  });
});
