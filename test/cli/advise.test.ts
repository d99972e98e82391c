import { describe, expect, it } from 'vitest';
import { loadEstate } from '../../documents/estate.ts';
import type { Advice } from '../../model/advice.ts';
import { assumedLive } from '../../planner/assumed-live.ts';
import { memoryFiles } from '../documents/memory-files.ts';
import type { Outcome } from './fake-context.ts';
import { fakeServer } from './fake-worker.ts';
import { runCli } from './fake-context.ts';
import { attackFiles, attackFilesWith } from './attack-files.ts';

const offline = ['--offline', '--estate', 'estate.yaml'];

async function advise(compromised: string, argv: readonly string[] = [], files = attackFiles): Promise<Outcome> {
  return await runCli(['advise', '--compromised', compromised, ...offline, ...argv], { files });
}

describe('advice from files', () => {
  it('says what to cut and why, what it costs, and what is safe then, at 80 columns', async () => {
    const outcome = await advise('vdi', ['--suspected', 'directory']);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '', written: {} });
    expect(outcome.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "advice on retail: vdi compromised, directory suspected

        cut                                 why                                 loss
        directory                           closes a way                           0
        vdi                                 the attacker has it; costs no more     -
        aws.iam.role:retail/vdi-fleet       closes a way                           0
        aws.iam.user:retail/directory-sync  the attacker has it; costs no more     -

        service      value  floor       under the cut  loss
        call-centre      1  -           0% down           1
        store-tills     10  95% normal  100% normal       0

        loses       1 of 11.5; exact: no cut loses less (5 candidates)
        safe        member-data and till-gateway
        still open  nothing else

      It plans clean. Next: the same with -o advice.yaml, to write the playbook.
      "
    `);
  });

  it('writes a playbook that checks and plans clean from the same files', async () => {
    const { written, stdout } = await advise('vdi,directory', ['-o', 'advice.yaml']);
    expect(stdout).toContain('Written to advice.yaml; it plans clean. Next: firedoor plan advice.yaml -o plan.json\n');
    expect(written['advice.yaml']).toMatchInlineSnapshot(`
      "# The cut of least loss: directory and vdi compromised.
      # It loses 1 of 11.5: no cut loses less. Written by firedoor advise; change what you know better.

      apiVersion: firedoor/v1
      kind: Playbook
      name: advice
      releaseBy: P3D
      parameters:
        compromised: { type: systems, default: [ directory, vdi ] }
      stages:
        - name: credentials
          action: aws.iam.contain
          on: { principals: [ aws.iam.role:retail/vdi-fleet, aws.iam.user:retail/directory-sync ] }
        - name: cut-off
          action: aws.ec2.isolate
          on: { systems: [ directory, vdi ] }
          approve: { quorum: { ir-lead: 1, platform: 1 }, within: PT10M, otherwise: deny }
          waves: { canary: 1, size: 25% }
        - name: evidence
          action: aws.ec2.snapshot
          on: { systems: $compromised }
      restore:
        tiers:
          - name: rebuilt
            systems: [ directory, vdi ]
            gate: [ probe, { attest: rebuilt-from-clean-image } ]
      "
    `);
    const files = { ...attackFiles, 'advice.yaml': written['advice.yaml'] ?? '' };
    expect((await runCli(['check', 'estate.yaml', 'advice.yaml'], { files })).stdout).toContain('Nothing is wrong.');
    const loaded = await loadEstate('estate.yaml', memoryFiles(files));
    const live = loaded.ok ? assumedLive(loaded.estate) : {};
    const world = { files: { ...files, 'live.json': JSON.stringify(live) } };
    const plan = await runCli(['plan', 'advice.yaml', ...offline, '--live', 'live.json'], world);
    expect(plan).toMatchObject({ exitCode: 0, stderr: '' });
    const again = await runCli(['advise', '--compromised', 'vdi,directory', ...offline, '--live', 'live.json'], world);
    expect(again.stdout).toBe((await advise('vdi,directory')).stdout);
  });

  it('is the same as JSON, by its schema', async () => {
    const { stdout } = await advise('vdi,directory', ['--json']);
    const document = JSON.parse(stdout) as Advice & { readonly schema: string; readonly offline: boolean };
    expect(document).toMatchObject({ schema: 'firedoor/advice/v1', offline: true, kind: 'cut', isExact: true });
    expect(document.kind === 'cut' && document.cut).toMatchObject({ loss: 1, lossBefore: 0, lossAtMost: 11.5 });
  });

  it('says so where nothing need be cut, and writes nothing', async () => {
    const outcome = await advise('files', ['-o', 'advice.yaml']);
    expect(outcome).toMatchObject({ exitCode: 0, written: {} });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "advice on retail: files compromised

        nothing  to cut: from there nothing is reached that must be kept safe

      Nothing was written. Next: firedoor radius --from files
      "
    `);
  });

  it('cuts off what must be kept safe itself where nothing else holds', async () => {
    const files = attackFilesWith(['leastQuorum:', 'neverTouch: [aws.iam.role:retail/vdi-fleet]\nleastQuorum:']);
    const outcome = await advise('vdi', [], files);
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "advice on retail: vdi compromised

        cut          why           loss
        member-data  closes a way     0

        service      value  floor       under the cut  loss
        store-tills     10  95% normal  100% normal       0

        loses       0 of 11.5; exact: no cut loses less (2 candidates)
        safe        member-data
        cut off     member-data: no cut around it holds. It is safe, and nobody can
                    use it
        left        vdi, with the attacker in it: cutting it too loses 1 more
        still open  files

      It plans clean. Next: the same with -o advice.yaml, to write the playbook.
      "
    `);
  });

  it('names the way that nothing can be cut on, exit 6', async () => {
    const never = 'neverTouch: [aws.iam.role:retail/vdi-fleet, system:member-data]';
    const outcome = await advise(
      'vdi',
      ['-o', 'advice.yaml'],
      attackFilesWith(['leastQuorum:', `${never}\nleastQuorum:`]),
    );
    expect(outcome).toMatchObject({ exitCode: 6, stderr: '', written: {} });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "advice on retail: vdi compromised

        no cut    aws.iam.role:retail/vdi-fleet → member-data is a way with nothing on
                  it that may be cut: it has no live host, or stands under neverTouch
        not safe  member-data

      Nothing was written. Next: firedoor radius --from vdi
      "
    `);
  });

  it('shows the floors that the cut of least loss would break, where every cut breaks one, exit 6', async () => {
    const floor = '    protected: true\n    floor: [{ share: 1, mode: normal }]\n';
    const strict = attackFilesWith(
      ['  - name: call-centre\n', `  - name: call-centre\n${floor}`],
      ['  - name: back-office\n', `  - name: back-office\n${floor}`],
      ['all: [files]', 'all: [member-data]'],
    );
    const outcome = await advise('vdi', [], strict);
    expect(outcome).toMatchObject({ exitCode: 6, stderr: '' });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "advice on retail: vdi compromised

        cut          why           loss
        member-data  closes a way  0.13

        service      value  floor        under the cut         loss
        back-office    0.5  100% normal  100% degraded, below  0.13
        call-centre      1  100% normal  100% normal              0
        store-tills     10  95% normal   100% normal              0

        no cut    holds every floor. The cut of least loss, shown here, takes
                  back-office below
        not safe  member-data
        not safe  vdi: the attacker has it already

      Nothing was written. Next: firedoor radius --from vdi
      "
    `);
  });

  it('says what of the estate keeps any cut from being started', async () => {
    const outcome = await advise('vdi', [], attackFilesWith(['  - { id: cy@example.org, roles: [ir-lead] }\n', '']));
    expect(outcome.exitCode).toBe(6);
    expect(outcome.stdout).toContain('FD-204 refused: the roster cannot fill gate cut-off');
  });

  it.each([
    [['--compromised', 'vdu', ...offline], 2, 'FD-102 refused: --compromised names vdu'],
    [['--compromised', ',', ...offline], 2, '--compromised takes system,system'],
    [[...offline], 2, "required option '--compromised"],
    [['--compromised', 'vdi', '--offline'], 2, '--offline takes --estate FILE'],
    [['--compromised', 'vdi', '--estate', 'estate.yaml'], 2, '--estate and --live go with --offline'],
  ])('%j exits %i', async (argv, ...[exitCode, words]) => {
    const outcome = await runCli(['advise', ...argv], { files: attackFiles });
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stdout + outcome.stderr).toContain(words);
  });
});

describe('advice through a worker', () => {
  const online = ['advise', '--compromised', 'vdi,directory', '--release-by', 'P1D'];

  it('asks the short workflow, and shows what it answers', async () => {
    const made = JSON.parse((await advise('vdi,directory', ['--json'])).stdout) as Advice;
    const { server, calls } = fakeServer(async () => ({ kind: 'advice', advice: made }));
    const outcome = await runCli(online, { server });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toBe((await advise('vdi,directory')).stdout);
    const request = { compromised: ['vdi', 'directory'], suspected: [], releaseBy: 'P1D' };
    expect(calls).toMatchObject([{ type: 'advise', taskQueue: 'firedoor', args: [request] }, 'closed']);
  });

  it('shows refusals with the places that the worker gives', async () => {
    const at = { document: 'estate' as const, path: [] };
    const place = { file: '/etc/firedoor/estate.yaml', line: 3, column: 4 };
    const facts = [{ label: 'asks for', text: '1 ir-lead', at, place }];
    const refusal = { code: 'FD-204', message: 'the roster cannot fill gate cut-off.', facts, repairs: [] };
    const outcome = await runCli(online, {
      server: fakeServer(async () => ({ kind: 'refused', refusals: [refusal] })).server,
    });
    expect(outcome.exitCode).toBe(6);
    expect(outcome.stdout).toContain('asks for  1 ir-lead (/etc/firedoor/estate.yaml:3:4)');
  });
});
