import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readDecision } from '../../../model/decision.ts';
import type { DecisionRecord } from '../../../model/incident.ts';
import type { Plan } from '../../../model/plan.ts';
import type { Keys } from '../decision/keys.ts';
import { makeKeys } from '../decision/keys.ts';
import { runCli } from '../fake-context.ts';
import { fakeServer, noPoller, sampleStatus } from './fake-incident.ts';
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
    expect(ran.stderr).toContain('It was recorded, and did not count. Somebody else has to sign.');
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

describe('the short code of a gate', () => {
  const [cutOff] = sampleStatus({
    header: { stages: [], tiers: [], estate: {}, playbook: {} },
  } as unknown as Plan).gates;
  const elsewhere = (incident: string, code: string) => sampleStatus(plan, { incident, gates: [{ ...cutOff!, code }] });

  it('leads to its incident and gate, as people say it, and what is signed is shown as always', async () => {
    const { server, received } = fakeServer({
      status: sampleStatus(plan),
      plan,
      others: [elsewhere('INC-7', 'A00000')],
    });
    const ran = await runCli(['approve', ' k7m 2qx', ...because], { server, answers: ['y'], ...as('bo@example.org') });
    expect(ran.stderr).toMatch(
      /^K7M2QX is gate cut-off of INC-42\.\nINC-42 waits for 1 platform, denied in 7 m 41 s\./,
    );
    expect(ran.stderr).toContain('You sign for this and nothing else:');
    expect(readDecision(received.decisions[0]?.document ?? '')).toMatchObject({ decision: { verb: 'approve', incident: 'INC-42', gate: 'cut-off' } }); // prettier-ignore
  });

  it('is no authority: without a key of the right person nothing comes of it', async () => {
    const { server } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli(['approve', 'K7M2QX', ...because, '--yes', '--as', 'bo@example.org'], { server, ...as('stranger') }); // prettier-ignore
    expect([ran.exitCode, ran.stderr.includes('the signature does not verify')]).toEqual([4, true]);
  });

  it('denies without a question, and says what it led to', async () => {
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const ran = await runCli(['deny', 'K7M2QX', ...because], { server, ...as('ada@example.org') });
    expect([ran.exitCode, ran.stderr]).toEqual([0, 'K7M2QX is gate cut-off of INC-42.\n']);
    expect(readDecision(received.decisions[0]?.document ?? '')).toMatchObject({ decision: { verb: 'deny', gate: 'cut-off' } }); // prettier-ignore
  });

  it('leads to what its gate still wants attested, and not to what another wants', async () => {
    const gate = { ...cutOff!, id: 'restore/identity', missing: {}, missingAttestations: ['rebuilt-from-clean-image'] };
    const other = { ...gate, id: 'cut-off', code: 'A00000', missingAttestations: ['something-else'] };
    const { server, received } = fakeServer({ status: sampleStatus(plan, { gates: [gate, other] }), plan });
    await runCli(['attest', 'K7M2QX', ...because, '--yes'], { server, ...as('ada@example.org') });
    expect(readDecision(received.decisions[0]?.document ?? '')).toMatchObject({ decision: { gate: 'restore/identity/rebuilt-from-clean-image' } }); // prettier-ignore
    const wrong = await runCli(['attest', 'A00000', ...because, '--yes', '--gate', 'restore/identity/rebuilt-from-clean-image'], { server, ...as('ada@example.org') }); // prettier-ignore
    expect(wrong).toMatchObject({ exitCode: 2, stderr: 'Gate cut-off of INC-42 asks for no attestation restore/identity/rebuilt-from-clean-image. It asks for: none.\n' }); // prettier-ignore
  });

  it('that two gates share is answered with both, and with nothing signed', async () => {
    const { server, received } = fakeServer({
      status: sampleStatus(plan),
      plan,
      others: [elsewhere('INC-7', 'K7M2QX')],
    });
    const ran = await runCli(['approve', 'K7M2QX', ...because, '--yes'], { server, ...as('bo@example.org') });
    expect(ran).toMatchObject({ exitCode: 2, stderr: 'K7M2QX is gate cut-off of INC-42 and gate cut-off of INC-7. Say which: INCIDENT --gate GATE.\n' }); // prettier-ignore
    expect(received.decisions).toEqual([]);
  });

  it('of no gate that waits is a usage error that names the incidents which did not answer', async () => {
    const { server } = fakeServer({
      status: sampleStatus(plan),
      plan,
      others: [{ incident: 'INC-8', fails: noPoller() }],
    });
    const ran = await runCli(['deny', 'A00000', ...because], { server, ...as('bo@example.org') });
    expect(ran).toMatchObject({ exitCode: 2, stderr: 'No gate that waits has the code A00000. INC-8 did not answer. Those that wait: firedoor approvals\n' }); // prettier-ignore
  });

  it('goes with no other gate, and no other word is taken for one', async () => {
    const { server } = fakeServer({ status: sampleStatus(plan), plan });
    const other = await runCli(['deny', 'K7M2QX', '--gate', 'restore/identity', ...because], { server, ...as('bo@example.org') }); // prettier-ignore
    expect(other).toMatchObject({ exitCode: 2, stderr: 'That code is gate cut-off of INC-42, and --gate says restore/identity.\n' }); // prettier-ignore
    const word = await runCli(['deny', 'inc-42', ...because], { server, ...as('bo@example.org') });
    expect([word.exitCode, word.stderr]).toEqual([2, 'incident: expected an incident such as INC-42, or the code of a gate that waits, such as K7M2QX\n']); // prettier-ignore
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
        plan sha256:9c41…e07b; back again 9 m after you say so, at the earliest
      "
    `);
    expect(ran.stdout).toMatchInlineSnapshot(`
      "Release accepted by ada@example.org. INC-42 is contained.
      Next: firedoor release INC-42 --reason "…"
      "
    `);
  });
});
