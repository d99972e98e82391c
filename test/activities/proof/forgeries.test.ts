import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../activities/proof/seal.ts';
import { checkSignature } from '../../../activities/proof/signature.ts';
import { canonical } from '../../../model/canonical.ts';
import type { Decision, SignedDecision } from '../../../model/decision.ts';
import type { JudgementContext } from '../../../model/judgement.ts';
import type { Verdict, Verifier } from '../../../model/verification.ts';
import { verifyDecision } from '../../../model/verification.ts';
import type { People } from '../../helpers/warrants.ts';
import { makePeople } from '../../helpers/warrants.ts';

const verifier: Verifier = { verifySignature: checkSignature, instantMs: Date.parse };
const nowMs = Date.parse('2026-06-15T12:00:00.000Z');
const after = (minutes: number): string => new Date(nowMs + minutes * 60_000).toISOString();
const [ada, bo, eve] = ['ada@example.org', 'bo@example.org', 'eve@example.org'];
const spoken: Decision = {
  kind: 'Decision',
  estate: 'retail',
  namespace: 'default',
  incident: 'INC-42',
  start: sha256('the start'),
  plan: sha256('the plan'),
  gate: 'cut-off',
  verb: 'approve',
  by: bo,
  reason: 'ticket 881',
  issued: after(-1),
  expires: after(29),
  nonce: randomBytes(16).toString('hex'),
};
const document = canonical(spoken);

let people: People;
let context: JudgementContext;
let good: SignedDecision;
beforeAll(async () => {
  people = await makePeople();
  const { estate, namespace, incident, plan } = spoken;
  context = { estate, namespace, incident, plan, start: sha256('the start'), roster: people.roster, nowMs };
  good = { document, signature: await people.sign(bo, document) };
});
afterAll(async () => await people.remove());

async function verify(signed: SignedDecision): Promise<Verdict> {
  return await verifyDecision(signed, context, verifier);
}

/** Really signed, by whoever it names or by somebody else. */
async function signed(change: Partial<Decision>, by = bo): Promise<SignedDecision> {
  const other = canonical({ ...spoken, ...change });
  return { document: other, signature: await people.sign(by, other) };
}

it('a decision is good for what it was signed for, and names key and digest', async () => {
  expect(await verify(good)).toEqual({
    ok: true,
    decision: spoken,
    key: expect.stringMatching(/^SHA256:/),
    digest: sha256(document),
  });
});

describe('really signed, and for something else', () => {
  it.each<[string, Partial<Decision>]>([
    ['wrong-estate', { estate: 'wholesale' }],
    ['wrong-namespace', { namespace: 'other' }],
    ['wrong-incident', { incident: 'INC-43' }],
    ['wrong-start', { start: sha256('another start') }],
    ['wrong-start', { start: undefined }],
    ['wrong-plan', { plan: sha256('the plan it supersedes') }],
    ['expired', { issued: after(-31), expires: after(-1) }],
    ['expired', { expires: new Date(nowMs - 1).toISOString() }],
    ['not-yet-issued', { issued: after(11), expires: after(41) }],
    ['unknown-person', { by: eve }],
  ])('%s: %o', async (reason, change) => {
    expect(await verify(await signed(change))).toMatchObject({ ok: false, reason });
  });

  it('counts up to the moment it expires, and with a clock ten minutes ahead', async () => {
    for (const change of [{ expires: after(0) }, { issued: after(10), expires: after(40) }]) {
      expect(await verify(await signed(change))).toMatchObject({ ok: true });
    }
  });

  it('no start passes for a later decision, nor a later decision for a start', async () => {
    const asStart = { ...context, start: undefined } as unknown as JudgementContext;
    const { start: _, ...unstarted } = context;
    for (const scope of [asStart, unstarted]) {
      expect(await verifyDecision(good, scope, verifier)).toMatchObject({ reason: 'wrong-start' });
    }
  });
});

/** A generator that gives the same numbers in every run (mulberry32), so that a failure can be looked at again. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function flipped(text: string, bit: number): string {
  const bytes = Buffer.from(text, 'latin1');
  bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
  return bytes.toString('latin1');
}

const armour = /-----[^-]+-----|\s/g;

function armoured(bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,70}/g) ?? [];
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

type Mutation = readonly [name: string, mutated: SignedDecision];

function bitsOfDocument(count: number, below: (limit: number) => number): Mutation[] {
  const bits = new Set<number>();
  while (bits.size < count) bits.add(below(document.length * 8));
  return [...bits].map((bit) => [`bit ${bit} of the document`, { ...good, document: flipped(document, bit) }]);
}

/** Values of the document in another place, each of them well-formed. */
function lettersOfValues(count: number, below: (limit: number) => number): Mutation[] {
  return Array.from({ length: count }, (_, index): Mutation => {
    const nonce =
      spoken.nonce.slice(0, index % 32) +
      ((Number.parseInt(spoken.nonce[index % 32] ?? '0', 16) + 1 + below(15)) % 16).toString(16) +
      spoken.nonce.slice((index % 32) + 1);
    const changes = [
      { nonce },
      { reason: `ticket ${882 + below(9_000)}` },
      { gate: `cut-off-${below(9_999)}` },
      { expires: after(30 + below(9_999)) },
    ];
    const change = changes[index % changes.length] ?? { nonce };
    return [`values ${JSON.stringify(change)}`, { ...good, document: canonical({ ...spoken, ...change }) }];
  });
}

function bitsOfSignature(count: number, below: (limit: number) => number): Mutation[] {
  const bytes = Buffer.from(good.signature.replace(armour, ''), 'base64');
  const bits = new Set<number>();
  while (bits.size < count) bits.add(below(bytes.length * 8));
  return [...bits].map((bit) => {
    const changed = Buffer.from(flipped(bytes.toString('latin1'), bit), 'latin1');
    return [`bit ${bit} of the signature`, { ...good, signature: armoured(changed) }];
  });
}

function cutSignatures(): Mutation[] {
  const bytes = Buffer.from(good.signature.replace(armour, ''), 'base64');
  const everyThird = Math.floor(bytes.length / 3);
  return Array.from({ length: everyThird }, (_, index) => [
    `the first ${index * 3} bytes of the signature`,
    { ...good, signature: armoured(bytes.subarray(0, index * 3)) },
  ]);
}

/** The same values, and other bytes: what JSON lets one write in several ways. */
function otherForms(): Mutation[] {
  const entries = Object.entries(spoken);
  const forms = [
    ...entries.map((_, index) =>
      JSON.stringify(Object.fromEntries([...entries.slice(index), ...entries.slice(0, index)])),
    ),
    ...entries.map(([key]) => document.replace(`"${key}":`, `"${key}": `)),
    ...entries.map(([key, value]) => document.replace('{', `{"${key}":${JSON.stringify(value)},`)),
    ...entries.map(([key]) => document.replace(`"${key}"`, `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}"`)),
    ...entries.map(([key]) => document.replace(`"${key}"`, `"${key}\\u0000"`)),
    ...entries.map(([key]) => canonical({ ...spoken, [key]: null })),
    ...entries.map(([key]) => canonical({ ...spoken, [key]: [spoken.by] })),
    ...entries.map(([key]) => canonical({ ...spoken, [`x${key}`]: 'more' })),
    ...['\n', ' ', '\0', '\uFEFF', '//', '{}'].flatMap((more) => [`${document}${more}`, `${more}${document}`]),
    '',
    'null',
    '[]',
    '"approve"',
    JSON.stringify(document),
  ].filter((form) => form !== document);
  return forms.map((form) => [`form ${form.slice(0, 60)}`, { ...good, document: form }]);
}

describe('2,000 mutated decisions', () => {
  it('are all denied, whatever was changed', async () => {
    const below = numbers(20260615);
    const forms = await Promise.all(
      otherForms().map(async ([name, { document: form }], index): Promise<Mutation> => {
        // Every other one really signed over its odd bytes: its form alone must be enough to deny it.
        return [name, { document: form, signature: index % 2 === 0 ? good.signature : await people.sign(bo, form) }];
      }),
    );
    const whose = [ada, 'cy@example.org', 'dee@example.org'];
    const byOthers = await Promise.all(
      whose.map(async (by): Promise<Mutation> => [
        `signed by ${by}`,
        { document, signature: await people.sign(by, document) },
      ]),
    );
    const some = [
      ...forms,
      ...byOthers,
      ...cutSignatures(),
      ...bitsOfSignature(300, below),
      ...lettersOfValues(120, below),
    ];
    const mutations = [...some, ...bitsOfDocument(2_000 - some.length, below)];
    expect(mutations.length).toBe(2_000);
    const reasons = new Map<string, number>();
    await inTurns(mutations, async ([name, mutated]) => {
      const verdict = await verify(mutated);
      expect(verdict, name).toMatchObject({ ok: false });
      if (!verdict.ok) reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1);
    });
    // None may be denied for a reason that has nothing to do with what was changed: both gates must have been reached.
    expect(reasons.get('bad-signature')).toBeGreaterThan(500);
    expect(reasons.get('malformed')).toBeGreaterThan(300);
  }, 60_000);
});

/** Two at a time: each is a process of its own. */
async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values();
  await Promise.all(
    [0, 1].map(async () => {
      for (const item of left) await work(item);
    }),
  );
}
