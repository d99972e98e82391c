import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../activities/proof/seal.ts';
import { readAsk, renderAsk } from '../../../cli/decision/ask.ts';
import { qrLines } from '../../../cli/decision/qr.ts';
import { nodeContext } from '../../../cli/node-context.ts';
import { canonical } from '../../../model/canonical.ts';
import type { Decision, SignedDecision } from '../../../model/decision.ts';
import { readDecision } from '../../../model/decision.ts';
import type { Plan } from '../../../model/plan.ts';
import type { Outcome } from '../fake-context.ts';
import { runCli } from '../fake-context.ts';
import { fakeServer, sampleStatus } from '../incident/fake-incident.ts';
import { samplePlan } from '../incident/sample-plan.ts';
import type { Keys } from './keys.ts';
import { makeKeys } from './keys.ts';

let keys: Keys;
let plan: Plan;
let ask: string;
beforeAll(async () => {
  keys = await makeKeys();
  plan = samplePlan(keys.roster);
  const { server } = fakeServer({ status: sampleStatus(plan), plan });
  const ran = await runCli(['decision', 'ask', 'INC-42', '-o', 'ask.json'], { server });
  ask = ran.written['ask.json'] ?? '';
});
afterAll(async () => await keys.remove());

/** Runs without a server: whatever reaches for one fails. */
async function make(words: readonly string[], { file = ask, by = 'bo@example.org', more = {} } = {}): Promise<Outcome> {
  return await runCli(['decision', 'make', ...words, '--reason', 'ticket 881'], {
    files: { 'ask.json': file },
    env: { FIREDOOR_SIGN_WITH: keys.file(by) },
    answers: ['y'],
    ...more,
  });
}

function changed(change: (file: Record<string, never>) => void): string {
  const file = JSON.parse(ask) as Record<string, never>;
  change(file);
  return JSON.stringify(file);
}

describe('deciding without access to Temporal', () => {
  it('asks, signs elsewhere with everything shown in words, and sends: the desk hears what was signed', async () => {
    const made = await make(['approve', 'ask.json', '-o', 'decision.json']);
    expect(made.exitCode).toBe(0);
    expect(made.stderr).toContain('INC-42 as it stood 13:02.');
    expect(made.stderr).toContain('INC-42 waits for 1 platform, denied in 7 m 41 s. You are bo@example.org');
    expect(made.stderr).toContain('gate cut-off, waves 1-2\n  isolate 24 hosts of call-centre-vdi and directory');
    expect(made.stderr).toMatch(/Signed by bo@example\.org; it counts until 13:32\./);
    const { server, received } = fakeServer({ status: sampleStatus(plan), plan });
    const files = { 'decision.json': made.written['decision.json'] ?? '' };
    const sent = await runCli(['decision', 'send', 'decision.json'], { server, files });
    expect(sent.stderr).toBe('approve cut-off in INC-42, by bo@example.org: "ticket 881"\n');
    expect(sent.stdout).toContain('Approved cut-off by bo@example.org. INC-42 is waiting.');
    expect(readDecision(received.decisions[0]?.document ?? '')).toMatchObject({
      ok: true,
      decision: { verb: 'approve', gate: 'cut-off', by: 'bo@example.org', plan: plan.digest, namespace: 'default' },
    });
  });

  it.each<[readonly string[], Partial<Decision>]>([
    [['deny', 'ask.json'], { verb: 'deny', gate: 'cut-off' }],
    [['hold', 'ask.json'], { verb: 'hold' }],
    [['resume', 'ask.json'], { verb: 'resume' }],
    [['release', 'ask.json'], { verb: 'release' }],
    [['skip', 'ask.json', '--gate', 'cut-off'], { verb: 'skip', gate: 'cut-off' }],
    [['abort', 'ask.json', '--confirm', 'INC-42'], { verb: 'abort' }],
  ])('%j signs that', async (words, decision) => {
    const made = await make(words, { by: 'ada@example.org' });
    expect(made.exitCode, made.stderr).toBe(0);
    const { document } = JSON.parse(made.stdout) as SignedDecision;
    expect(readDecision(document)).toMatchObject({ ok: true, decision: { by: 'ada@example.org', ...decision } });
  });

  it('extends a tier by its name', async () => {
    const [tier] = plan.header.tiers;
    const extended = await make(['extend', 'ask.json', '--tier', tier?.name ?? '', '--by', 'PT6H']);
    expect(readDecision((JSON.parse(extended.stdout) as SignedDecision).document)).toMatchObject({
      decision: { verb: 'extend', gate: expect.stringContaining(tier?.name ?? 'nowhere') },
    });
  });

  it('signs nothing on a no, or on --dry-run', async () => {
    expect(await make(['approve', 'ask.json'], { more: { answers: ['n'] } })).toMatchObject({
      exitCode: 1,
      stdout: '',
    });
    const dry = await make(['approve', 'ask.json', '--dry-run']);
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining('SSH SIGNATURE') });
  });

  it.each([
    ['hold', ['hold', 'ask.json', '--gate', 'cut-off'], 'hold takes no --gate'],
    ['skip', ['skip', 'ask.json'], 'skip needs --gate'],
    ['extend', ['extend', 'ask.json', '--tier', 'people'], 'extend needs --tier and --by'],
    ['approve', ['approve', 'ask.json', '--tier', 'people'], 'approve takes no --tier'],
    ['start', ['start', 'ask.json'], 'verb: '],
  ])('%s is refused with what lacks or is too much', async (_verb, words, why) => {
    expect(await make(words)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(why) });
  });
});

describe('what came by hand', () => {
  it('is signed for only where plan and start are what they say', async () => {
    const forged = [
      changed((file) => Object.assign(file['header'] ?? {}, { parameters: { compromised: ['till-gateway'] } })),
      changed((file) => Object.assign(file['status'] ?? {}, { plan: sha256('another') })),
      changed((file) => Object.assign(file['status'] ?? {}, { estate: 'another' })),
      changed((file) => Object.assign(file, { started: { document: canonical({ kind: 'Decision' }), signature: '' } })),
    ];
    for (const file of forged) {
      const made = await make(['approve', 'ask.json'], { file });
      expect(made).toMatchObject({ exitCode: 4, stdout: '', stderr: expect.stringContaining('is not what it says') });
    }
  });

  it('is a usage error where it is no such file', async () => {
    for (const file of ['', '{}', 'null', '{"schema":"firedoor/ask/v1"}', changed((read) => delete read['header'])]) {
      const made = await make(['approve', 'ask.json'], { file });
      expect(made).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('firedoor decision ask') });
    }
    expect(await make(['approve', 'nowhere.json'])).toMatchObject({ exitCode: 2 });
  });

  it('shows who started it and why, where the signed start came with it', async () => {
    const document = canonical({
      kind: 'Decision',
      estate: plan.header.estate.name,
      namespace: 'default',
      incident: 'INC-42',
      plan: plan.digest,
      verb: 'start',
      by: 'ada@example.org',
      reason: 'VDI beaconing',
      issued: '2025-04-22T13:00:00Z',
      expires: '2025-04-22T13:30:00Z',
      nonce: '0'.repeat(32),
    });
    const view = { status: { ...sampleStatus(plan), start: sha256(document) }, plan };
    const file = renderAsk(view, { document, signature: 'kept' }, new Date());
    const made = await make(['approve', 'ask.json'], { file });
    expect(made.stderr).toContain('Asked by ada@example.org, 13:00: "VDI beaconing"');
    const context = { ...nodeContext(), readFile: async () => Buffer.from(file) };
    expect(await readAsk(context, 'x')).toMatchObject({
      start: { verb: 'start' },
      view: { plan: { digest: plan.digest } },
    });
  });
});

describe('decision send', () => {
  const send = async (text: string, server = fakeServer({ status: sampleStatus(plan), plan })): Promise<Outcome> =>
    await runCli(['decision', 'send', 'd.json'], { server: server.server, files: { 'd.json': text } });

  it('sends nothing that is no decision, a start, or one for another namespace', async () => {
    const made = await make(['hold', 'ask.json']);
    const signed = JSON.parse(made.stdout) as SignedDecision;
    const other = (from: string, to: string): string =>
      JSON.stringify({ ...signed, document: signed.document.replace(from, to) });
    const wrong = [
      ['', 'is no signed decision'],
      [JSON.stringify(signed.document), 'is no signed decision'],
      [other('"kind"', '"Kind"'), 'holds no decision'],
      [other('"verb":"hold"', '"verb":"start"'), 'firedoor start PLAN'],
      [other('"namespace":"default"', '"namespace":"other"'), 'Give --namespace other'],
    ] as const;
    for (const [text, why] of wrong) {
      const fake = fakeServer({ status: sampleStatus(plan), plan });
      expect(await send(text, fake)).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(why) });
      expect(fake.received.decisions).toEqual([]);
    }
  });

  it('sends again what the Service turned away among many, under the same id, and nothing else', async () => {
    const { stdout } = await make(['hold', 'ask.json']);
    const failed = (type: string): Error =>
      Object.assign(new Error('Workflow Update failed', { cause: Object.assign(new Error('no'), { type }) }), {
        name: 'WorkflowUpdateFailedError',
      });
    const away = failed('UnprocessedUpdate');
    const fake = fakeServer({ status: sampleStatus(plan), plan, turnedAway: [away, away] });
    expect(await send(stdout, fake)).toMatchObject({ exitCode: 0 });
    expect(new Set(fake.received.updateIds).size).toBe(1);
    expect(fake.received.updateIds).toHaveLength(3);
    const other = fakeServer({ status: sampleStatus(plan), plan, turnedAway: [failed('Other')] });
    expect(await send(stdout, other)).toMatchObject({ exitCode: 1 });
    expect(other.received.updateIds).toHaveLength(1);
  });

  it('reports the denial of one whose words were changed on the way, exit 4', async () => {
    const signed = JSON.parse((await make(['hold', 'ask.json'])).stdout) as SignedDecision;
    const changedWords = { ...signed, document: signed.document.replace('ticket 881', 'ticket 882') };
    expect(await send(JSON.stringify(changedWords))).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('FD-301'),
    });
  });
});

describe('the QR code', () => {
  it('of a signed decision fits a wide terminal, and a narrow one is told', async () => {
    const wide = await make(['approve', 'ask.json', '--qr'], { more: { columns: 160 } });
    expect(wide.stderr.match(/[█▀▄]/g)?.length).toBeGreaterThan(1_000);
    expect((await make(['approve', 'ask.json', '--qr'])).stderr).toMatch(/No QR code: it takes \d+ columns, and the/);
  });

  it('is not tried where it can hold no more', () => {
    expect(qrLines('x'.repeat(2_954), { isTTY: false, columns: undefined })).toEqual([
      expect.stringMatching(/^No QR code: .* 2954 bytes/),
    ]);
    expect(qrLines('x'.repeat(2_953), { isTTY: false, columns: undefined }).length).toBeGreaterThan(80);
  });
});
