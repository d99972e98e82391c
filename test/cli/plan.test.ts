import { describe, expect, it } from 'vitest';
import type { Server } from '../../cli/context.ts';
import { readPlanFile } from '../../documents/plan-file.ts';
import type { Refusal } from '../../model/refusal.ts';
import type { Outcome } from './fake-context.ts';
import { runCli } from './fake-context.ts';
import { fakeServer } from './fake-worker.ts';
import { planningFiles } from './planning-files.ts';

const offline = ['--offline', '--estate', 'estate.yaml', '--live', 'live.json'];
const compromised = ['-p', 'compromised=vdi,directory'];

async function plan(...argv: readonly string[]): Promise<Outcome> {
  return await runCli(['plan', 'intrusion', ...argv], { files: planningFiles });
}

describe('a plan from files', () => {
  it('shows waves, services, approvals and what nobody knows at 80 columns', async () => {
    const outcome = await plan(...compromised, ...offline);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(outcome.stdout.replace(/sha256:\S+…[0-9a-f]{4}/, 'sha256:0123…cdef')).toMatchInlineSnapshot(`
      "intrusion on retail               sha256:0123…cdef, offline: it can't be started

        stage        wave  what                       targets  undo   calls  at least
        credentials  1     deny directory-sync              1  exact      2       0 s
        cut-off      1     isolate vdi, canary              1  exact      2       0 s
                     2-4   isolate vdi and directory        5  exact     10       0 s

        service      floor          at worst  then
        call-centre  -               0% down  contained on purpose from credentials,
                                              wave 1
        store-tills  95% normal  100% normal  not touched

        approvals   cut-off: 1 ir-lead and 1 platform, within 10 m, else denied; not
                    by you
        release     identity: 1 ir-lead, attest rebuilt-from-clean-image
        back by     identity Fri 13:02, rest Fri 13:02
        touches     6 instances and 1 user in retail, eu-west-2
        takes       as long as AWS takes: no rate limit slows it
        back again  as soon as you say so
        not known   1 running instance that no system claims: i-0x1
                    how these fare, for want of a probe: store-tills
                    whether anybody is told of gates: only workers know

      Nothing was changed. Planned from files alone, so it can't be started.
      Next: the same without --offline, through a worker.
      "
    `);
  });

  it('separates cells by tabs and wraps nothing when piped', async () => {
    const files = { files: planningFiles, isTTY: false };
    const { stdout } = await runCli(['plan', 'playbooks/intrusion.yaml', ...compromised, ...offline], files);
    expect(stdout).toContain('cut-off\t1\tisolate vdi, canary\t1\texact\t2\t0 s\n');
    expect(stdout).toContain('approvals   cut-off: 1 ir-lead and 1 platform, within 10 m, else denied; not by you\n');
  });

  it('writes a plan file that verifies, good for half an hour and never to be started', async () => {
    const outcome = await plan(...compromised, ...offline, '-o', 'plan.json');
    const read = readPlanFile('plan.json', new TextEncoder().encode(outcome.written['plan.json']));
    expect(read).toMatchObject({
      ok: true,
      planFile: { offline: true, plannedAt: '2025-04-22T13:02:00.000Z', startBy: '2025-04-22T13:32:00.000Z' },
    });
    const json = JSON.parse((await plan(...compromised, ...offline, '--json')).stdout) as unknown;
    expect(json).toEqual(JSON.parse(outcome.written['plan.json'] ?? ''));
  });

  it('is refused with places, exit 6, where tills would fall below their floor', async () => {
    const outcome = await plan('-p', 'compromised=till-gateway,directory', ...offline);
    expect(outcome).toMatchObject({ exitCode: 6, stderr: '', written: {} });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "FD-201 refused: stage cut-off, wave 2 would take store-tills below its floor.
        floor     95% of 2 sites by weight, normal (estate.yaml:30:13)
        would be  0%: till-gateway keeps 0 of 2 hosts and needs 1 (estate.yaml:24:24)
        in scope  till-gateway, because stage cut-off selects it by systems
                  (playbooks/intrusion.yaml:12:20)

        Each of these was planned:
        a  leave out till-gateway: store-tills stays normal
           --except till-gateway
      "
    `);
  });

  it('shows repairs that change the playbook as lines to copy, and writes them whole where asked', async () => {
    const bare = ['-p', 'compromised=vdi,till-gateway', ...offline];
    const { stdout } = await plan(...bare);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatchInlineSnapshot(`
      "FD-201 refused: stage cut-off, wave 2 would take store-tills below its floor.
        floor     95% of 2 sites by weight, normal (estate.yaml:30:13)
        would be  0%: till-gateway keeps 0 of 2 hosts and needs 1 (estate.yaml:24:24)
        in scope  till-gateway, because stage cut-off selects it by systems
                  (playbooks/intrusion.yaml:12:20)

      FD-205 refused: stage credentials has nothing to act on.
        found     no live target (playbooks/intrusion.yaml:9:9)
        expected  at least one user or role for aws.iam.contain

        Each of these was planned, and clears all 2:
        a  leave out till-gateway; leave out stage credentials: store-tills stays
           normal
           --except till-gateway
           playbooks/intrusion.yaml:7:5
           - name: credentials

      The same with --repairs NAME writes each changed playbook to a file.
      "
    `);
    const { stdout: told, written } = await plan(...bare, '--repairs', 'mended');
    expect(told).toContain('\na is written to mended-a.yaml\n');
    const files = { ...planningFiles, ...written };
    const again = await runCli(['plan', 'mended-a.yaml', ...bare, '--except', 'till-gateway'], { files });
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('gives refusals as JSON, with the file and line of each fact', async () => {
    const outcome = await plan('-p', 'compromised=till-gateway,directory', ...offline, '--json');
    const { schema, refusals } = JSON.parse(outcome.stdout) as { schema: string; refusals: Refusal[] };
    expect(schema).toBe('firedoor/refusals/v1');
    expect(refusals[0]?.facts.flatMap(({ place }) => (place ? [place.file] : []))).toContain('estate.yaml');
  });

  it.each([
    [[...offline], 2, 'FD-102 refused: parameter compromised is required'],
    [['-p', 'compromised=vdu', ...offline], 2, 'FD-102 refused: parameter compromised names vdu'],
    [['-p', 'compromised', ...offline], 2, '-p takes name=system,system; found "compromised".'],
    [['-p', 'a=b', '-p', 'a=c', ...offline], 2, '-p a is given twice.'],
    [['--offline', '--estate', 'estate.yaml'], 2, '--offline takes --estate FILE and --live FILE'],
    [['--estate', 'estate.yaml'], 2, '--estate and --live go with --offline'],
    [
      ['--offline', '--estate', 'estate.yaml', '--live', 'estate.yaml'],
      2,
      'estate.yaml:1:1  found what are no live reads',
    ],
    [['--offline', '--estate', 'gone.yaml', '--live', 'live.json'], 2, 'gone.yaml:1:1  found no such file'],
    [[...compromised], 1, 'FD-501 No Temporal Service answers at 127.0.0.1:7233'],
  ])('%j exits %i', async (argv, ...[exitCode, words]) => {
    const outcome = await plan(...argv);
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout + outcome.stderr).toContain(words);
  });
});

describe('a plan through a worker', () => {
  const run = async (server: Server, ...argv: readonly string[]): Promise<Outcome> =>
    await runCli(['plan', 'intrusion', ...compromised, ...argv], { files: planningFiles, server });

  it('asks the short workflow, shows its plan and says how to start it', async () => {
    const made = JSON.parse((await plan(...compromised, ...offline, '--json')).stdout) as { plan: object };
    const { server, calls } = fakeServer(async () => ({ kind: 'plan', plan: made.plan }));
    const outcome = await run(server, '--except', 'till-gateway', '-o', 'p.json');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toContain(', start it by 13:32 +00:00\n');
    expect(outcome.stdout).toContain('Nothing was changed. Next: firedoor start p.json --incident INC-42\n');
    expect(JSON.parse(outcome.written['p.json'] ?? '')).toMatchObject({ offline: false, plan: made.plan });
    expect(calls).toMatchObject([
      {
        type: 'plan',
        taskQueue: 'firedoor',
        workflowId: 'firedoor/plan/00000000-0000-4000-8000-000000000001',
        args: [{ parameters: { compromised: ['vdi', 'directory'] }, except: ['till-gateway'] }],
      },
      'closed',
    ]);
  });

  it('keeps the places a worker gives, and adds those of the playbook', async () => {
    const refusal: Refusal = {
      code: 'FD-201',
      message: 'stage cut-off, wave 1 would take store-tills below its floor.',
      facts: [
        {
          label: 'floor',
          text: '95%',
          at: { document: 'estate', path: [] },
          place: { file: '/etc/firedoor/estate.yaml', line: 3, column: 4 },
        },
        { label: 'in scope', text: 'selected', at: { document: 'playbook', path: ['stages', 1, 'on'] } },
      ],
      repairs: [
        {
          kind: 'leave-out',
          words: 'leave out\u001b[2J till-gateway',
          flags: '--except till-gateway',
          result: 'stays normal',
        },
      ],
    };
    const outcome = await run(fakeServer(async () => ({ kind: 'refused', refusals: [refusal] })).server);
    expect(outcome.exitCode).toBe(6);
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "FD-201 refused: stage cut-off, wave 1 would take store-tills below its floor.
        floor     95% (/etc/firedoor/estate.yaml:3:4)
        in scope  selected (playbooks/intrusion.yaml:12:9)

        Each of these was planned:
        a  leave out\\u001b[2J till-gateway: stays normal
           --except till-gateway
      "
    `);
  });

  it('gives up with FD-502 where no worker takes it, and leaves nothing waiting', async () => {
    const { server, calls } = fakeServer(async () => await new Promise(() => undefined), 2);
    const outcome = await run(server);
    expect(outcome.exitCode).toBe(1);
    expect(outcome.stderr).toMatch(/^FD-502 No worker takes plans from task queue "firedoor" in namespace default\./);
    expect(calls.slice(1)).toEqual([{ terminate: 'no worker took it' }, 'closed']);
  });

  it('says in one line why planning failed on the worker', async () => {
    const failed = Object.assign(
      new Error('Workflow execution failed', {
        cause: new Error('Activity task failed', { cause: new Error('not allowed: ec2:DescribeInstances\u001b[0m') }),
      }),
      { name: 'WorkflowFailedError' },
    );
    const outcome = await run(fakeServer(async () => await Promise.reject(failed)).server);
    expect(outcome).toMatchObject({
      exitCode: 1,
      stderr: 'Planning failed on the worker: not allowed: ec2:DescribeInstances\\u001b[0m\n',
    });
  });
});
