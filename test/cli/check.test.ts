import { describe, expect, it } from 'vitest';
import { runCli } from './fake-context.ts';
import { planningFiles } from './planning-files.ts';

describe('firedoor check', () => {
  it('says what good files hold', async () => {
    const outcome = await runCli(['check', 'estate.yaml', 'playbooks/intrusion.yaml'], { files: planningFiles });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: '' });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "estate.yaml               estate retail: 3 systems, 2 services, 2 sites
      playbooks/intrusion.yaml  playbook intrusion: 2 stages, 1 restore tier
      Nothing is wrong.
      "
    `);
  });

  it('lists every problem of every file, and checks playbooks against the estate', async () => {
    const files = {
      ...planningFiles,
      'estate.yaml': planningFiles['estate.yaml']?.replace('reaches: [vdi]', 'reaches: [vdj]') ?? '',
      'bad.yaml': 'kind: Playbok\n',
      'none.yaml': 'a: 1\n',
    };
    const outcome = await runCli(['check', 'estate.yaml', 'bad.yaml', 'none.yaml', 'gone.yaml'], { files });
    expect(outcome).toMatchObject({ exitCode: 2, stderr: '' });
    expect(outcome.stdout).toMatchInlineSnapshot(`
      "estate.yaml:20:15  systems.directory.reaches.0: found "vdj", no such system; did you mean "vdi"?
      bad.yaml:1:7       kind: found "Playbok", expected Estate or Playbook; did you mean "Playbook"?
      none.yaml:1:1      found no kind, expected kind: Estate or kind: Playbook
      gone.yaml:1:1      found no such file, expected a file of at most 1 MiB
      4 problems.
      "
    `);
  });

  it('reports a playbook that names what the estate among the files lacks', async () => {
    const playbook = planningFiles['playbooks/intrusion.yaml']?.replace('systems: [directory]', 'systems: [dns]') ?? '';
    const files = { ...planningFiles, 'p.yaml': playbook };
    expect((await runCli(['check', 'p.yaml'], { files })).exitCode).toBe(0);
    const outcome = await runCli(['check', 'p.yaml', 'estate.yaml', '--json'], { files });
    expect(outcome.exitCode).toBe(2);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      schema: 'firedoor/check/v1',
      ok: false,
      problems: [
        { file: 'p.yaml', line: 18, path: 'restore.tiers.identity.systems.0', found: '"dns", no such system' },
      ],
    });
  });
});
