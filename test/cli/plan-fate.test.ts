import { describe, expect, it } from 'vitest';
import type { Outcome } from './fake-context.ts';
import { runCli } from './fake-context.ts';
import { planningFiles } from './planning-files.ts';

const fleet = 'aws.iam.role:retail/fleet';

interface Live {
  readonly instances: readonly { readonly tags: { readonly system: string } }[];
  readonly principals: readonly object[];
}

/** The tills run with the role of the desktops, and the estate doesn't say so. */
function files(isProtected: boolean): Readonly<Record<string, string>> {
  const estate = (planningFiles['estate.yaml'] ?? '')
    .replace('principals:\n', `principals:\n  - { id: ${fleet} }\n`)
    .replace('  - name: vdi\n', `  - name: vdi\n    uses: [${fleet}]\n`)
    .replace('protected: true', `protected: ${isProtected}`);
  const live = JSON.parse(planningFiles['live.json'] ?? '') as Live;
  const role = { id: fleet, uniqueId: 'AROA1' };
  const trustPolicy = '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"}}]}';
  const instances = live.instances.map((each) => (each.tags.system === 'directory' ? each : { ...each, role }));
  const principals = [...live.principals, { id: fleet, keys: [], inlinePolicies: [], trustPolicy }];
  return { ...planningFiles, 'estate.yaml': estate, 'live.json': JSON.stringify({ instances, principals }) };
}

async function plan(isProtected: boolean, ...argv: readonly string[]): Promise<Outcome> {
  const offline = ['--offline', '--estate', 'estate.yaml', '--live', 'live.json'];
  return await runCli(['plan', 'intrusion', '-p', 'compromised=vdi', ...offline, ...argv], {
    files: files(isProtected),
  });
}

describe('a plan that contains a shared role', () => {
  it('says how many are affected beside the target, and what would be narrower', async () => {
    const { stdout } = await plan(false);
    expect(stdout).toContain(
      [
        '  touches     5 instances and 1 role in retail, eu-west-2',
        '  affects     credentials, wave 1: 1 target, 8 hosts affected, of till-gateway',
        '              and vdi; call-centre and store-tills lean on them',
        '  narrower    --narrow credentials: take fleet from 5 compromised hosts alone, 3',
        '              spared',
        '',
      ].join('\n'),
    );
  });

  it('is refused where a floor would fall, with the narrower action to copy; which then plans', async () => {
    const refused = await plan(true);
    expect(refused.exitCode).toBe(6);
    expect(refused.stdout).toMatchInlineSnapshot(`
      "FD-201 refused: stage credentials, wave 1 would take store-tills below its
      floor.
        floor     95% of 2 sites by weight, normal (estate.yaml:32:13)
        would be  0%: till-gateway keeps 0 of 2 hosts and needs 1: hosts run with
                  aws.iam.role:retail/fleet, which it does not list under uses
                  (estate.yaml:26:24)
        in scope  aws.iam.role:retail/fleet, which hosts of till-gateway run with,
                  because stage credentials selects it by principalsOf
                  (playbooks/intrusion.yaml:9:25)

        Each of these was planned:
        a  take fleet from 5 compromised hosts alone: store-tills stays normal
           --narrow credentials
        b  leave out till-gateway; leave out stage credentials: store-tills stays
           normal
           --except till-gateway
           playbooks/intrusion.yaml:7:5
           - name: credentials

      The same with --repairs NAME writes each changed playbook to a file.
      "
    `);
    const narrowed = await plan(true, '--narrow', 'credentials');
    expect(narrowed).toMatchObject({ exitCode: 0, stderr: '' });
    expect(narrowed.stdout).toContain('  credentials-sessions  1     deny the role of         5  exact');
    expect(narrowed.stdout).not.toContain('affects');
  });

  it('refuses to narrow a stage that is not there, as a matter of input', async () => {
    const outcome = await plan(true, '--narrow', 'credential');
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stdout).toContain('--narrow names credential, and the playbook has no such stage.');
  });
});
