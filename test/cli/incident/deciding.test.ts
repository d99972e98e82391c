import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecision } from '../../../model/decision.ts';
import type { DecisionRecord } from '../../../model/incident.ts';
import type { Plan } from '../../../model/plan.ts';
import type { Keys } from '../decision/keys.ts';
import { makeKeys } from '../decision/keys.ts';
import { runCli } from '../fake-context.ts';
import { fakeServer, sampleStatus } from './fake-incident.ts';
import { samplePlan } from './sample-plan.ts';

let keys: Keys;
let plan: Plan;
beforeAll(async () => {
  keys = await makeKeys();
  plan = samplePlan(keys.roster);
});
afterAll(async () => await keys.remove());

const because = ['--reason', 'ticket 881'];

function as(person: string): { env: Record<string, string> } {
  return { env: { FIREDOOR_SIGN_WITH: keys.file(person) } };
}

/** Fingerprints and digests differ from run to run. */
function stable(text: string): string {
  return text.replace(/SHA256:\S+…/g, 'SHA256:Zk3…').replace(/sha256:[0-9a-f]{4}…[0-9a-f]{4}/g, 'sha256:9c41…e07b');
}

describe('approve', () => {
  it('shows in words what is signed, asks, signs with the key found, and sends', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli(['approve', 'INC-42', ...because], { server, answers: ['y'], ...as('bo@example.org') });
    expect(ran.exitCode).toBe(0);
    expect(stable(ran.stderr)).toMatchInlineSnapshot(`
      "INC-42 waits for 1 platform, denied in 7 m 41 s. You are bo@example.org
          (platform).

      You sign for this and nothing else:
        plan sha256:9c41…e07b, gate cut-off, waves 1-2
        isolate 24 hosts of call-centre-vdi and directory; release puts them back
            exactly
        store-tills stays as it is, funeral-arrangement works by hand and call-centre
            stops
      Asked by ada@example.org, 13:00
      Sign as bo@example.org with bo@example.org (SHA256:Zk3…)? [y/N] 
      "
    `);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "Approved cut-off by bo@example.org. INC-42 is waiting.
      Next: firedoor approve INC-42 --gate cut-off --reason "…" (1 platform)
      "
    `);
    const read = readDecision(received.decisions[0]?.document ?? '');
    expect(read).toMatchObject({
      ok: true,
      decision: {
        verb: 'approve',
        gate: 'cut-off',
        by: 'bo@example.org',
        plan: plan.digest,
        start: `sha256:${'a'.repeat(64)}`,
        issued: '2025-04-22T13:02:00.000Z',
        expires: '2025-04-22T13:32:00.000Z',
        nonce: '00000000000040008000000000000001',
      },
    });
    expect(received.updateIds[0]).toMatch(/^decide:[0-9a-f]{64}$/);
  });

  it('signs nothing unless told yes', async () => {
    for (const answers of [[''], ['n'], ['INC-42']]) {
      const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
      const ran = await runCli(['approve', 'INC-42', ...because], { server, answers, ...as('bo@example.org') });
      expect({ exitCode: ran.exitCode, sent: received.decisions.length }).toEqual({ exitCode: 1, sent: 0 });
      expect(ran.stderr).toContain('Nothing was signed, and nothing sent.');
    }
  });

  it('names --yes where there is nobody to ask', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli(['approve', 'INC-42', ...because], { server, ...as('bo@example.org') });
    expect({ exitCode: ran.exitCode, sent: received.decisions.length }).toEqual({ exitCode: 2, sent: 0 });
    expect(ran.stderr).toContain('--yes');
    const told = await runCli(['approve', 'INC-42', ...because, '--yes'], { server, ...as('bo@example.org') });
    expect(told.exitCode).toBe(0);
  });

  it('refuses to sign for a plan that is not what its digest says', async () => {
    const forged = { ...plan, header: { ...plan.header, atLeastMs: 1 } };
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan: forged });
    const ran = await runCli(['approve', 'INC-42', ...because, '--yes'], { server, ...as('bo@example.org') });
    expect({ exitCode: ran.exitCode, sent: received.decisions.length }).toEqual({ exitCode: 4, sent: 0 });
    expect(ran.stderr).toContain('is not what its digest says');
  });

  it('sends a forged decision when told who signs, and reports the denial as FD-301, exit 4', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli(['approve', 'INC-42', ...because, '--yes', '--as', 'bo@example.org'], {
      server,
      ...as('stranger'),
    });
    expect({ exitCode: ran.exitCode, sent: received.decisions.length }).toEqual({ exitCode: 4, sent: 1 });
    expect(ran.stderr).toContain(
      'FD-301 INC-42 denied approve at cut-off by bo@example.org: the signature does not verify',
    );
  });

  it("says why the desk denied, in the desk's reasons", async () => {
    const answer: DecisionRecord = { at: '', verdict: 'denied', reason: 'starter-cannot-approve', verb: 'approve', by: 'ada@example.org', gate: 'cut-off' }; // prettier-ignore
    const { server } = fakeServer({ status: sampleStatus(plan), plan, answer });
    const ran = await runCli(['approve', 'INC-42', ...because, '--yes'], { server, ...as('ada@example.org') });
    expect(ran.exitCode).toBe(4);
    expect(ran.stderr).toContain('who starts an incident may not approve it');
  });

  it('names the gates there are, where the one named is none or several are open', async () => {
    const { server } = fakeServer({ status: sampleStatus(plan), plan });
    const wrong = await runCli(['approve', 'INC-42', ...because, '--yes', '--gate', 'cutoff'], { server, ...as('bo@example.org') }); // prettier-ignore
    expect(wrong).toMatchObject({ exitCode: 2, stderr: 'INC-42 has no gate cutoff. It has: cut-off and restore/identity.\n' }); // prettier-ignore
    const [gate] = sampleStatus(plan).gates;
    const two = fakeServer({ status: sampleStatus(plan, { gates: [gate!, { ...gate!, id: 'restore/identity' }] }), plan }); // prettier-ignore
    const many = await runCli(['approve', 'INC-42', ...because, '--yes'], { server: two.server, ...as('bo@example.org') }); // prettier-ignore
    expect(many).toMatchObject({ exitCode: 2, stderr: 'INC-42 waits at cut-off and restore/identity. Say which with --gate.\n' }); // prettier-ignore
  });

  it('with --dry-run shows the document and with --print the signed one, and sends neither', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const dry = await runCli(['approve', 'INC-42', ...because, '--dry-run', '--json'], { server, ...as('bo@example.org') }); // prettier-ignore
    expect(JSON.parse(dry.stdout)).toMatchObject({ schema: 'firedoor/decision-draft/v1', decision: { gate: 'cut-off' } }); // prettier-ignore
    const printed = await runCli(['approve', 'INC-42', ...because, '--print', '--yes'], { server, ...as('bo@example.org') }); // prettier-ignore
    expect(Object.keys(JSON.parse(printed.stdout) as object)).toEqual(['document', 'signature']);
    expect(received.decisions).toEqual([]);
  });

  it('never lets a reason of two lines, or one that steers the terminal, be signed', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli(['approve', 'INC-42', '--reason', 'a\nb', '--yes'], { server, ...as('bo@example.org') });
    expect({ exitCode: ran.exitCode, sent: received.decisions.length }).toEqual({ exitCode: 2, sent: 0 });
  });
});

describe('the other decisions', () => {
  const cases: readonly [argv: readonly string[], said: object][] = [
    [['deny'], { verb: 'deny', gate: 'cut-off' }],
    [['hold'], { verb: 'hold' }],
    [['resume', '--yes'], { verb: 'resume' }],
    [['skip', '--stage', 'evidence', '--yes'], { verb: 'skip', gate: 'evidence' }],
    [['skip', '--stage', 'restore/people', '--yes'], { verb: 'skip', gate: 'restore/people' }],
    [['abort', '--confirm', 'INC-42'], { verb: 'abort' }],
    [['release', '--yes'], { verb: 'release' }],
    [['attest', '--gate', 'restore/identity/rebuilt-from-clean-image', '--yes'], { verb: 'attest', gate: 'restore/identity/rebuilt-from-clean-image' }], // prettier-ignore
  ];
  it.each(cases)('%j is signed and sent', async ([verb = '', ...flags], said) => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli([verb, 'INC-42', ...flags, ...because, '--json'], { server, ...as('ada@example.org') });
    expect(ran.stderr).not.toContain('FD-');
    expect(JSON.parse(ran.stdout)).toMatchObject({
      schema: 'firedoor/decision/v1',
      incident: 'INC-42',
      decision: { ...said, by: 'ada@example.org', reason: 'ticket 881' },
      record: { verdict: 'accepted' },
    });
    expect(received.decisions).toHaveLength(1);
  });

  it('abort is not answered by --yes, and not by another incident', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const yes = await runCli(['abort', 'INC-42', ...because, '--yes'], { server, ...as('ada@example.org') });
    const other = await runCli(['abort', 'INC-42', ...because, '--confirm', 'INC-43'], { server, ...as('ada@example.org') }); // prettier-ignore
    expect([yes.exitCode, other.exitCode, received.decisions.length]).toEqual([2, 2, 0]);
    const typed = await runCli(['abort', 'INC-42', ...because], { server, answers: ['INC-42'], ...as('ada@example.org') }); // prettier-ignore
    expect(typed.exitCode).toBe(0);
  });

  it('release says what is given back, tier by tier', async () => {
    const { server } = fakeServer({ status: sampleStatus(plan, { phase: 'contained', gates: [] }), plan });
    const ran = await runCli(['release', 'INC-42', ...because, '--yes'], { server, ...as('ada@example.org') });
    expect(stable(ran.stderr)).toMatchInlineSnapshot(`
      "INC-42 gives back, to the state captured before each change, in this order:
        identity: give back 3 targets of directory, then probe; needs 1 ir-lead, and
            rebuilt-from-clean-image attested
        people: give back 23 targets of call-centre-vdi, in 2 waves; opens by itself
        plan sha256:9c41…e07b, at least 9 m
      "
    `);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "Release accepted by ada@example.org. INC-42 is contained.
      Next: firedoor release INC-42 --reason "…"
      "
    `);
  });
});
