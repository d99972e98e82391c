import { expect, test } from 'vitest';
import { authorityFor, defaultAuthority, holdsARole } from '../../model/authority.ts';
import { verbs } from '../../model/verbs.ts';

test('every verb has an authority, and the estate has the last word', () => {
  for (const verb of verbs) expect(authorityFor(verb, {})).toEqual(defaultAuthority[verb]);
  expect(authorityFor('release', { release: { platform: 2 } })).toEqual({ platform: 2 });
  expect(authorityFor('start', { release: { platform: 2 } })).toEqual({ 'ir-lead': 1 });
});

test('one role of the quorum is enough to hold a role, and only a role it names', () => {
  const person = (...roles: readonly string[]) => ({ id: 'ada@example.org', roles });
  expect(holdsARole(person('legal', 'platform'), { platform: 1, 'ir-lead': 1 })).toBe(true);
  expect(holdsARole(person('legal'), { platform: 1 })).toBe(false);
  expect(holdsARole(person('constructor'), { platform: 1 })).toBe(false);
});
