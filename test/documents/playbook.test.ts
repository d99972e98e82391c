import { describe, expect, it } from 'vitest';
import { actionNames } from '../../model/actions/names.ts';
import { loadEstate } from '../../documents/estate.ts';
import { checkPlaybookAgainst, loadPlaybook } from '../../documents/playbook.ts';
import { renderProblems } from '../../documents/problem.ts';
import { smallEstate, storesCsv } from './estate-text.ts';
import { memoryFiles } from './memory-files.ts';

const shutBackOffice = `apiVersion: firedoor/v1
kind: Playbook
name: shut-back-office
parameters:
  compromised: { type: systems, required: true }
stages:
  - name: cut-off
    action: aws.ec2.isolate
    on: { systems: $compromised, reachableFrom: $compromised }
    approve: { quorum: { ir-lead: 1, platform: 1 }, within: PT10M }
    waves: { canary: 1, size: 25% }
restore:
  tiers:
    - { name: identity, systems: [directory], gate: [probe, attest: rebuilt] }
    - { name: people, systems: [vdi] }
`;

async function lines(text: string): Promise<readonly string[]> {
  const loaded = await loadPlaybook('p.yaml', memoryFiles({ 'p.yaml': text }));
  return loaded.ok ? ['accepted'] : renderProblems(loaded.problems);
}

async function linesAgainst(text: string): Promise<readonly string[]> {
  const files = memoryFiles({ 'p.yaml': text, 'estate.yaml': smallEstate, 'sites/stores.csv': storesCsv });
  const [playbook, estate] = [await loadPlaybook('p.yaml', files), await loadEstate('estate.yaml', files)];
  if (!playbook.ok || !estate.ok) throw new Error('the files themselves are good');
  return renderProblems(checkPlaybookAgainst(playbook, estate.estate));
}

describe('a playbook by itself', () => {
  it('is taken with its defaults', async () => {
    const loaded = await loadPlaybook('p.yaml', memoryFiles({ 'p.yaml': shutBackOffice }));
    expect(loaded.ok && loaded.playbook.stages[0]?.approve?.otherwise).toBe('deny');
    expect(loaded.ok && loaded.locate(['stages', 0, 'action'])).toEqual({ file: 'p.yaml', line: 8, column: 13 });
  });

  it.each([
    [
      '$compromised, r',
      '$compromized, r',
      'p.yaml:9:20  stages.cut-off.on.systems: found "$compromized", no such parameter; did you mean "$compromised"?',
    ],
    [
      'name: cut-off',
      'name: restore',
      'p.yaml:7:11  stages.restore.name: found "restore", a name firedoor uses itself, expected another name',
    ],
    [
      'name: people',
      'name: rest',
      'p.yaml:15:15  restore.tiers.rest.name: found "rest", a name firedoor uses itself, expected another name',
    ],
    [
      'name: people',
      'name: identity',
      'p.yaml:15:15  restore.tiers.1.name: found "identity" again, expected each name once',
    ],
    [
      '[vdi]',
      '[vdi, directory]',
      'p.yaml:15:38  restore.tiers.people.systems.1: found "directory" again, already in tier identity, expected each system in one tier',
    ],
    [
      'aws.ec2.isolate',
      'aws.ec2.isolat',
      `p.yaml:8:13  stages.0.action: found "aws.ec2.isolat", expected one of ${actionNames.map((name) => `"${name}"`).join(', ')}; did you mean "aws.ec2.isolate"?`,
    ],
    [
      'PT10M',
      'PT',
      'p.yaml:10:61  stages.0.approve.within: found "PT", expected an ISO 8601 duration such as PT10M or P3D (no months or years)',
    ],
    [
      'parameters:',
      'severity: high\nparameters:',
      'p.yaml:4:1  severity: found the unknown key "severity", expected one of apiVersion, kind, name, parameters, releaseBy, stages, restore',
    ],
    [
      'restore:',
      'releaseBy: P1M\nrestore:',
      'p.yaml:12:12  releaseBy: found "P1M", expected an ISO 8601 duration such as PT10M or P3D (no months or years)',
    ],
    ['attest: rebuilt', 'atest: rebuilt', 'p.yaml:14:61  restore.tiers.0.gate.1.attest: found nothing, expected text'],
  ])('%s as %s is refused', async (from, to, ...[line]) => {
    expect((await lines(shutBackOffice.replace(from, to)))[0]).toBe(line);
  });
});

describe('a playbook against an estate', () => {
  it('is taken where every name is known', async () => {
    expect(await linesAgainst(shutBackOffice)).toEqual(['0 problems.']);
  });

  it('reports systems, zones, principals and roles the estate lacks', async () => {
    const strange = shutBackOffice
      .replace('required: true', 'default: [vdj]')
      .replace(
        'reachableFrom: $compromised',
        'zone: strores, except: [till-gatway], principals: [aws.iam.user:retail/x]',
      )
      .replace('platform: 1', 'plattform: 1')
      .replace('[directory]', '[dns]');
    expect(await linesAgainst(strange)).toMatchInlineSnapshot(`
      [
        "p.yaml:5:43   parameters.compromised.default.0: found "vdj", no such system; did you mean "vdi"?",
        "p.yaml:9:40   stages.cut-off.on.zone: found "strores", no such zone; did you mean "stores"?",
        "p.yaml:9:58   stages.cut-off.on.except.0: found "till-gatway", no such system; did you mean "till-gateway"?",
        "p.yaml:9:85   stages.cut-off.on.principals.0: found "aws.iam.user:retail/x", no such principal",
        "p.yaml:10:38  stages.cut-off.approve.quorum.plattform: found "plattform", a role nobody has; did you mean "platform"?",
        "p.yaml:14:35  restore.tiers.identity.systems.0: found "dns", no such system",
        "6 problems.",
      ]
    `);
  });
});
