import { expect, test } from 'vitest';
import { isAtLeast, modes, namesIn } from '../../model/modes.ts';

test('modes go from best to worst', () => {
  for (const [index, mode] of modes.entries()) {
    for (const [other, least] of modes.entries()) expect(isAtLeast(mode, least)).toBe(index <= other);
  }
});

test('a need names systems at every depth, in order, with repeats', () => {
  expect(namesIn(undefined)).toEqual([]);
  expect(namesIn('a')).toEqual(['a']);
  expect(namesIn({ all: ['b', { atLeast: 1, of: ['a', { all: ['c', 'b'] }] }] })).toEqual(['b', 'a', 'c', 'b']);
});
