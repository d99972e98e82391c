import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Person, Quorum } from '../../model/quorum.ts';
import { covers, isMet, missingFrom, quorum, quorumWords } from '../../model/quorum.ts';

const ada = { id: 'ada@example.org', roles: ['ir-lead', 'platform'] };
const bo = { id: 'bo@example.org', roles: ['platform'] };

test('a person fills one seat, whatever number of roles or signatures', () => {
  const required = { 'ir-lead': 1, platform: 1 };
  expect(missingFrom(required, [ada])).toEqual({ platform: 1 });
  expect(missingFrom(required, [ada, ada, { ...ada }])).toEqual({ platform: 1 });
  expect(isMet(required, [ada, bo])).toBe(true);
});

test('people are moved between seats so that as many as possible are filled, whoever came first', () => {
  expect(isMet({ platform: 1, 'ir-lead': 1 }, [ada, bo])).toBe(true);
  expect(isMet({ platform: 1, 'ir-lead': 1 }, [bo, ada])).toBe(true);
  expect(missingFrom({ platform: 2, 'ir-lead': 1 }, [ada, bo])).not.toEqual({});
});

test('people without a role asked for fill nothing', () => {
  expect(missingFrom({ legal: 2 }, [ada, bo])).toEqual({ legal: 2 });
});

const roles = ['red', 'green', 'blue'] as const;
const someQuorum: fc.Arbitrary<Quorum> = fc
  .tuple(...roles.map(() => fc.integer({ min: 0, max: 2 })))
  .map((counts) =>
    Object.fromEntries(roles.map((role, index) => [role, counts[index] ?? 0]).filter(([, count]) => count)),
  );
const somePeople: fc.Arbitrary<readonly Person[]> = fc
  .array(fc.subarray([...roles]), { maxLength: 5 })
  .map((each) => each.map((own, index) => ({ id: `p${index}`, roles: own })));

/** The most seats that can be filled, by trying every way to seat everyone. */
function mostFilled(seats: readonly string[], [person, ...others]: readonly Person[]): number {
  if (!person) return 0;
  const ways = seats.map((role, index) =>
    person.roles.includes(role) ? 1 + mostFilled(seats.toSpliced(index, 1), others) : 0,
  );
  return Math.max(mostFilled(seats, others), ...ways);
}

test('as few seats stay empty as trying every seating finds', () => {
  fc.assert(
    fc.property(someQuorum, somePeople, (required, people) => {
      const seats = Object.entries(required).flatMap(([role, count]) => Array<string>(count).fill(role));
      const missing = missingFrom(required, people);
      const empty = Object.values(missing).reduce((sum, count) => sum + count, 0);
      expect(empty).toBe(seats.length - mostFilled(seats, people));
      expect(isMet(required, people)).toBe(empty === 0);
      expect(covers(required, missing)).toBe(true);
    }),
  );
});

test('one more person never makes a quorum harder to meet', () => {
  fc.assert(
    fc.property(someQuorum, somePeople, fc.subarray([...roles]), (required, people, own) => {
      const more = [...people, { id: 'new', roles: own }];
      expect(isMet(required, more) || !isMet(required, people)).toBe(true);
    }),
  );
});

test('asking covers a least quorum role by role', () => {
  expect(covers({ 'ir-lead': 1, platform: 2 }, { platform: 1 })).toBe(true);
  expect(covers({ 'ir-lead': 3 }, { platform: 1 })).toBe(false);
  expect(covers({ platform: 1 }, { platform: 2 })).toBe(false);
  expect(covers({}, {})).toBe(true);
});

test('a quorum reads in alphabetical order', () => {
  expect(quorumWords({ platform: 1, 'ir-lead': 2 })).toBe('2 ir-lead and 1 platform');
  expect(quorumWords({})).toBe('nobody');
});

test.each([[{}], [{ 'ir-lead': 0 }], [{ 'ir-lead': 10 }], [{ 'ir-lead': 1.5 }], [{ 'IR lead': 1 }]])(
  'not a quorum: %o',
  (value) => {
    expect(quorum.safeParse(value).success).toBe(false);
  },
);
