import { expect, test } from 'vitest';
import { canonical } from '../../model/canonical.ts';
import { readDecision } from '../../model/decision.ts';

const good = {
  kind: 'Decision',
  estate: 'retail',
  namespace: 'default',
  incident: 'INC-42',
  start: `sha256:${'a'.repeat(64)}`,
  plan: `sha256:${'b'.repeat(64)}`,
  gate: 'cut-off',
  verb: 'approve',
  by: 'ada@example.org',
  reason: 'VDI beaconing, ticket 881',
  issued: '2025-04-22T14:02:00Z',
  expires: '2025-04-22T14:12:00Z',
  nonce: '0123456789abcdef0123456789abcdef',
};

test('a decision is read from its own RFC 8785 form', () => {
  expect(readDecision(canonical(good))).toEqual({ ok: true, decision: good });
  const { start: _, gate: __, ...bare } = good;
  expect(readDecision(canonical(bare))).toEqual({ ok: true, decision: bare });
});

test.each([
  ['not JSON', '{', 'it is not JSON'],
  ['spaces', JSON.stringify(good, null, 1), 'its bytes are not its RFC 8785 form'],
  ['keys in another order', JSON.stringify(good), 'its bytes are not its RFC 8785 form'],
  ['a key twice', canonical(good).replace('{', '{"by":"bo@example.org",'), 'its bytes are not its RFC 8785 form'],
  ['escapes where none belong', canonical(good).replace('VDI', '\\u0056DI'), 'its bytes are not its RFC 8785 form'],
  ['spaces around the reason', canonical({ ...good, reason: ' x ' }), 'its bytes are not its RFC 8785 form'],
  ['a line end', `${canonical(good)}\n`, 'its bytes are not its RFC 8785 form'],
])('%s is refused', (_, document, why) => {
  expect(readDecision(document)).toEqual({ ok: false, why });
});

test.each([
  ['another kind', { kind: 'Note' }, 'kind'],
  ['an unknown verb', { verb: 'delete' }, 'verb'],
  ['a time without zone', { issued: '2025-04-22T14:02:00' }, 'issued'],
  ['a short nonce', { nonce: '00' }, 'nonce'],
  ['a reason that redraws the terminal', { reason: 'ok\u001b[2J' }, 'reason'],
  ['another person form', { by: 'ada' }, 'by'],
  ['a key too many', { also: 1 }, 'document'],
])('%s is refused, and says where', (_, part, where) => {
  const read = readDecision(canonical({ ...good, ...part }));
  expect(read.ok).toBe(false);
  expect(read.ok ? '' : read.why.split(':')[0]).toBe(where);
});

test.each(['null', '[]', '1', '"x"'])('%s is no decision', (document) => {
  expect(readDecision(document).ok).toBe(false);
});
