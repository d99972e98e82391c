import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonical } from '../../model/canonical.ts';

test('keys are sorted by UTF-16 units, numbers and strings are written as RFC 8785 §3.2 says', () => {
  expect(canonical({ b: 1, a: [true, null, 'é\n"'], 10: 1e21, 9: 0.1, '\u{1f600}': 1, ﬀ: 2 })).toBe(
    '{"10":1e+21,"9":0.1,"a":[true,null,"é\\n\\""],"b":1,"😀":1,"ﬀ":2}',
  );
  expect(canonical(-0)).toBe('0');
});

test('absent and undefined members are the same', () => {
  expect(canonical({ a: undefined, b: 1 })).toBe('{"b":1}');
});

test('what is not JSON has no form', () => {
  const values = [undefined, Number.NaN, Infinity, '\ud800', 1n, Symbol('x'), () => 1, new Date(0)];
  for (const value of values) {
    expect(() => canonical(value)).toThrow('not a JSON value');
    if (value !== undefined) expect(() => canonical({ a: [value], 1: 2 })).toThrow('not a JSON value');
  }
  expect(() => canonical({ '\udc00': 1 })).toThrow('not a JSON value');
});

test('it says the same as the value, whatever the order of its keys', () => {
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).map(([key, part]) => [key, turned(part)] as const);
    return Object.fromEntries(entries.toReversed());
  };
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
      const text = canonical(value);
      expect(canonical(turned(value))).toBe(text);
      expect(canonical(JSON.parse(text))).toBe(text);
    }),
  );
});

/** Names that objects hold in an order of their own, or not at all, among others. */
const someNames = fc.oneof(
  fc.constantFrom('10', '9', '0', '01', '-1', '__proto__', '', 'toString', '_', ':', '/'),
  fc.string(),
);

test('it is what another implementation of RFC 8785 gives', () => {
  const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom(null, true, '\\ud800', '\u2028 \u0000', '😀', undefined),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.string({ unit: 'binary' }).filter((text) => !/\p{Surrogate}/u.test(text)),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.array(fc.tuple(someNames, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
    ),
  }));
  fc.assert(
    fc.property(fc.array(anyValue), (value) => {
      expect(canonical(value)).toBe(canonicalize(value));
    }),
    { numRuns: 300 },
  );
});
