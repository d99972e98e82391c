import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Context } from '../../../cli/context.ts';
import { nodeContext } from '../../../cli/node-context.ts';
import { buildProgram } from '../../../cli/program.ts';
import { renderPlanFile } from '../../../documents/plan-file.ts';
import type { Plan } from '../../../model/plan.ts';
import type { Bench } from '../../helpers/incident-harness.ts';
import { fakeWorld, openBench } from '../../helpers/incident-harness.ts';
import { fullPlaybook, planOf } from '../../workflows/plans.ts';
import type { Keys } from '../decision/keys.ts';
import { makeKeys } from '../decision/keys.ts';

let bench: Bench;
let keys: Keys;
let plan: Plan;
let folder: string;

beforeAll(async () => {
  [bench, keys, folder] = await Promise.all([openBench(), makeKeys(), mkdtemp(path.join(tmpdir(), 'firedoor-live-'))]);
  plan = planOf({ ...bench.people, roster: keys.roster }, fullPlaybook());
  const nowMs = Date.now();
  const file = {
    schema: 'firedoor/plan/v1' as const,
    plan,
    playbook: fullPlaybook(),
    plannedAt: new Date(nowMs).toISOString(),
    startBy: new Date(nowMs + 1_800_000).toISOString(),
    offline: false,
  };
  await writeFile(path.join(folder, 'plan.json'), renderPlanFile(file));
});
afterAll(async () => {
  await bench.stop();
  await Promise.all([keys.remove(), rm(folder, { recursive: true, force: true })]);
});

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

/** Runs one command as a person, against the bench's server, with streams kept. */
async function firedoor(person: string, ...argv: readonly string[]): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    isTTY: false,
    columns: undefined,
    write: (text: string) => void (said[name] += text),
  });
  const context: Context = {
    ...nodeContext(),
    cwd: folder,
    readFile: async (file) => await readFile(path.resolve(folder, file)),
    stdin: { isTTY: false, ask: async () => await Promise.resolve('') },
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: {
      PATH: process.env['PATH'],
      TZ: 'UTC',
      FIREDOOR_SIGN_WITH: keys.file(person),
      FIREDOOR_PAYLOAD_KEYS: bench.payloadKeysFile,
    },
    connect: async () => {
      const { client, codec, server } = bench;
      return await Promise.resolve({
        client,
        codec,
        address: server.address,
        namespace: server.namespace,
        close: async () => await Promise.resolve(),
      });
    },
  };
  const exitCode = await buildProgram(context).run(argv);
  return { ...said, exitCode };
}

const [ada, bo, cy] = ['ada@example.org', 'bo@example.org', 'cy@example.org'];

describe('an incident from the command line, on a real Temporal Service', () => {
  it('is started, approved, watched, released, exported, and replayed without divergence', async () => {
    const why = ['--reason', 'ticket 881'];
    // The bench's own incident is denied at once: the one that counts is started through the command line.
    await bench.run({ plan, world: fakeWorld(), start: { estate: 'elsewhere' } }, async () => {
      const started = await firedoor(ada, 'start', 'plan.json', '--incident', 'LIVE-1', '--confirm', 'LIVE-1', ...why);
      expect(started).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('LIVE-1 started by ada@example.org.') as string }); // prettier-ignore
      const twice = await firedoor(ada, 'start', 'plan.json', '--incident', 'LIVE-1', '--confirm', 'LIVE-1', ...why);
      expect(twice).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('LIVE-1 is running already') as string }); // prettier-ignore
      expect(await firedoor(ada, 'wait', 'LIVE-1', '--for', 'phase=waiting', '--timeout', '20s')).toMatchObject({ exitCode: 0 }); // prettier-ignore
      expect(await firedoor(ada, 'wait', 'LIVE-1', '--for', 'phase=contained', '--timeout', '1s')).toMatchObject({ exitCode: 5 }); // prettier-ignore

      const own = await firedoor(ada, 'approve', 'LIVE-1', ...why, '--yes');
      expect(own).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('may not approve it') as string });
      const forged = await firedoor('stranger', 'approve', 'LIVE-1', ...why, '--yes', '--as', bo);
      expect(forged).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('does not verify') as string });
      const first = await firedoor(cy, 'approve', 'LIVE-1', ...why, '--yes');
      expect(first).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('Asked by ada@example.org, ') as string }); // prettier-ignore
      expect(first.stderr).toContain(': "ticket 881"');
      const waiting = await firedoor(bo, 'approvals', 'LIVE-1', '--json');
      expect(JSON.parse(waiting.stdout)).toMatchObject({ approvals: [{ incident: 'LIVE-1', id: 'cut-off', missing: { platform: 1 } }] }); // prettier-ignore
      const { approvals } = JSON.parse(waiting.stdout) as { approvals: readonly [{ code: string }] };
      const byCode = await firedoor(bo, 'approve', approvals[0].code.toLowerCase(), ...why, '--yes');
      expect(byCode).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('is gate cut-off of LIVE-1.') as string }); // prettier-ignore
      expect(await firedoor(ada, 'wait', 'LIVE-1', '--for', 'phase=contained', '--timeout', '30s')).toMatchObject({ exitCode: 0 }); // prettier-ignore

      expect(await firedoor(ada, 'release', 'LIVE-1', ...why, '--yes')).toMatchObject({ exitCode: 0 });
      expect(await firedoor(ada, 'wait', 'LIVE-1', '--for', 'phase=waiting', '--timeout', '20s')).toMatchObject({ exitCode: 0 }); // prettier-ignore
      expect(await firedoor(cy, 'attest', 'LIVE-1', ...why, '--yes')).toMatchObject({ exitCode: 0 });
      expect(await firedoor(cy, 'approve', 'LIVE-1', ...why, '--yes')).toMatchObject({ exitCode: 0 });
      const watched = await firedoor(ada, 'watch', 'LIVE-1', '--jsonl');
      expect(watched.exitCode).toBe(0);
      const events = watched.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { what: string });
      expect(events.map(({ what }) => what)).toEqual(expect.arrayContaining(['acting', 'waiting', 'denied', 'verified', 'contained', 'released', 'closed'])); // prettier-ignore
      const late = await firedoor(ada, 'hold', 'LIVE-1', ...why);
      expect({ code: late.exitCode, stderr: late.stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('it is over') as string }); // prettier-ignore

      const exported = await firedoor(ada, 'audit', 'export', 'LIVE-1', '-o', path.join(folder, 'out'), '--json');
      expect(exported).toMatchObject({ exitCode: 0 });
      expect(JSON.parse(exported.stdout)).toMatchObject({ decisions: 8, hasPlan: true });
    });

    const file = path.join(folder, 'out', 'LIVE-1.json');
    const replayed = await firedoor(ada, 'audit', 'replay', file, '--json');
    expect(replayed).toMatchObject({ exitCode: 0, stderr: '' });
    const { runs } = JSON.parse(replayed.stdout) as { runs: readonly { workflowId: string; events: number }[] };
    expect(runs.map(({ workflowId }) => workflowId)).toContain('firedoor/LIVE-1');
    expect(runs.length).toBeGreaterThanOrEqual(5);
    await replayChanged(file);
  });

  it('lists incidents with phase and playbook', async () => {
    const listed = await firedoor(ada, 'list', '--json');
    expect(JSON.parse(listed.stdout)).toMatchObject({ schema: 'firedoor/incidents/v1', incidents: expect.arrayContaining([expect.objectContaining({ incident: 'LIVE-1', phase: 'closed' })]) as unknown }); // prettier-ignore
  });
});

/** A part that was changed is found by its sum; a history whose sum was changed too diverges, or decodes no more. */
async function replayChanged(file: string): Promise<void> {
  const { partDigest } = await import('../../../audit/document.ts');
  const text = await readFile(file, 'utf8');
  const changed = path.join(folder, 'changed.json');
  await writeFile(changed, text.replaceAll('"aws.iam.contain.apply"', '"aws.iam.contain.undo"'));
  const found = await firedoor(ada, 'audit', 'replay', changed);
  expect(found).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('another sha256') as string });

  const document = JSON.parse(await readFile(changed, 'utf8')) as { runs: { history: unknown; sha256: string }[] };
  for (const run of document.runs) run.sha256 = partDigest(run.history);
  await writeFile(changed, JSON.stringify(document));
  const diverged = await firedoor(ada, 'audit', 'replay', changed);
  expect(diverged.exitCode).toBe(1);
  expect(diverged.stdout).toContain('1 run diverged.');
  expect(diverged.stdout).toMatch(/firedoor\/LIVE-1\/credentials\/\d+\/1, event \d+: /);
}
