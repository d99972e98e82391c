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
  for (const value of [undefined, Number.NaN, Infinity, '\ud800']) expect(() => canonical(value)).toThrow();
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
