import { describe, expect, it } from 'vitest';
import type { Radius } from '../../model/radius.ts';
import { attackFiles, attackFilesWith } from './attack-files.ts';
import type { Outcome } from './fake-context.ts';
import { runCli } from './fake-context.ts';
import { fakeServer } from './fake-worker.ts';

const offline = ['--offline', '--estate', 'estate.yaml'];

async function radius(from: string, argv: readonly string[] = [], files = attackFiles): Promise<Outcome> {
  return await runCli(['radius', '--from', from, ...offline, ...argv], { files });
}

describe('a radius from files', () => {
  it('shows both ways at 80 columns: how far the attacker gets, and what containing him breaks', async () => {
    const outcome = await radius('directory');
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '', written: {} });
    expect(outcome.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "radius of directory on retail

        reached                             from                             keep safe
        jump-host                           directory
        vdi                                 directory
        aws.iam.user:retail/directory-sync  directory
        till-gateway                        directory → jump-host            needed
        files                               directory → vdi
        aws.iam.role:retail/vdi-fleet       directory → vdi
        member-data                         directory → vdi →                marked so
                                            aws.iam.role:retail/vdi-fleet

        service      floor       contain it  contain all 6
        call-centre  -           0% down     0% down
        back-office  -           as it is    100% degraded
        store-tills  95% normal  as it is    0% down, below

        falls  vdi (needs directory) beside what is contained
        loss   1 to contain what is compromised; 11.13 to contain all of it

      Nothing was changed. Next: firedoor advise --compromised directory
      "
    `);
  });

  it('says so where nothing is reached and nothing breaks', async () => {
    expect((await radius('member-data')).stdout).toMatchInlineSnapshot(`
      "radius of member-data on retail

        Nothing else is reached from there.

        Containing it breaks nothing.

        loss  0 to contain what is compromised

      Nothing was changed. Next: firedoor advise --compromised member-data
      "
    `);
  });

  it('says when something breaks by time alone', async () => {
    const later = 'all: [vdi, { on: jump-host, after: PT4H, then: nobody is paid }]';
    const protect = '  - name: call-centre\n    protected: true\n    floor: [{ share: 1, mode: normal }]\n';
    const files = attackFilesWith(['all: [vdi]', later], ['  - name: call-centre\n', protect]);
    const { stdout } = await radius('jump-host', [], files);
    expect(stdout).toMatch(/ {2}call-centre .* 100% normal; below after 4 h\n/);
  });

  it('gives the same as JSON, by its schema', async () => {
    const document = JSON.parse((await radius('directory', ['--json'])).stdout) as Radius & { schema: string };
    expect(document).toMatchObject({ schema: 'firedoor/radius/v1', offline: true, from: ['directory'] });
    expect(document.reached.find(({ id }) => id === 'member-data')).toEqual({
      kind: 'system',
      id: 'member-data',
      steps: 3,
      from: 'aws.iam.role:retail/vdi-fleet',
      keepSafe: 'marked',
    });
  });
});

describe('a picture', () => {
  it('is printed as Mermaid', async () => {
    expect((await radius('directory', ['--graph', 'mermaid'])).stdout).toMatchInlineSnapshot(`
      "%% radius of directory on retail
      flowchart LR
        n0[["directory<br/>compromised"]]
        n1["jump-host"]
        n2["vdi"]
        n3(["aws.iam.user:retail/directory-sync"])
        n4{{"till-gateway<br/>must be kept safe"}}
        n5["files"]
        n6(["aws.iam.role:retail/vdi-fleet"])
        n7{{"member-data<br/>must be kept safe"}}
        n8[("call-centre<br/>0% down")]
        n0 --> n1
        n0 --> n2
        n0 --> n3
        n1 --> n4
        n2 --> n5
        n2 --> n6
        n6 --> n7
        n0 -.-> n2
        n2 -.-> n8
      "
    `);
  });

  it('is written as SVG by the name of the file, beside the text', async () => {
    const { stdout, written } = await radius('directory', ['-o', 'radius.svg']);
    expect(stdout).toContain('Drawn to radius.svg.\n');
    const svg = written['radius.svg'] ?? '';
    expect(svg).toMatch(/^<\?xml.*<svg .*<\/svg>\s*$/s);
    const labels = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text?.replaceAll('&#45;', '-'));
    expect(labels).toEqual(
      expect.arrayContaining(['directory', 'compromised', 'member-data', 'must be kept safe', '0% down']),
    );
  });

  it('is written as Mermaid, or as --graph says', async () => {
    const mermaid = (await radius('directory', ['-o', 'radius.mmd'])).written['radius.mmd'];
    expect(mermaid).toMatch(/^%% radius of directory on retail\nflowchart LR\n/);
    expect((await radius('directory', ['-o', 'radius.txt', '--graph', 'mermaid'])).written['radius.txt']).toBe(mermaid);
  });
});

it.each([
  [['--from', 'vdu', ...offline], 2, 'FD-102 refused: --from names vdu'],
  [['--from', ',', ...offline], 2, '--from takes system,system'],
  [['--from', 'vdi', ...offline, '-o', 'radius.pdf'], 2, '-o takes a file that ends in .svg or .mmd'],
  [['--from', 'vdi', ...offline, '--graph', 'png'], 2, 'expected mermaid or svg'],
  [['--from', 'vdi', '--offline'], 2, '--offline takes --estate FILE'],
])('%j exits %i', async (argv, ...[exitCode, words]) => {
  const outcome = await runCli(['radius', ...argv], { files: attackFiles });
  expect(outcome.exitCode).toBe(exitCode);
  expect(outcome.stdout + outcome.stderr).toContain(words);
});

it('asks a worker by the short workflow', async () => {
  const made = JSON.parse((await radius('directory', ['--json'])).stdout) as Radius;
  const { server, calls } = fakeServer(async () => ({ kind: 'radius', radius: made }));
  const outcome = await runCli(['radius', '--from', 'directory'], { server });
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '', stdout: (await radius('directory')).stdout });
  expect(calls).toMatchObject([{ type: 'radius', taskQueue: 'firedoor', args: [{ from: ['directory'] }] }, 'closed']);
});
