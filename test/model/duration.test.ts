import { expect, test } from 'vitest';
import { duration, durationMs, durationWords } from '../../model/duration.ts';

test.each([
  ['PT0S', 0],
  ['PT10M', 600_000],
  ['P3D', 259_200_000],
  ['P2W', 1_209_600_000],
  ['P1DT2H3M4S', 93_784_000],
])('%s', (text, expectedMs) => {
  expect(duration.safeParse(text).success).toBe(true);
  expect(durationMs(text)).toBe(expectedMs);
});

test.each(['', 'P', 'PT', 'P1', 'P1M', 'P1Y', 'P1DT', '1D', 'PT1.5H', 'PT1H ', '-PT1H', 'pt1h', 'P1WT1H', 'PT1S1M'])(
  'not a duration: "%s"',
  (text) => {
    expect(duration.safeParse(text).success).toBe(false);
  },
);

test.each([
  [0, '0 s'],
  [1, '1 s'],
  [12_000, '12 s'],
  [124_000, '2 m 4 s'],
  [10_800_000, '3 h'],
  [187_200_000, '2 d 4 h'],
  [187_261_000, '2 d 4 h'],
])('%i ms reads "%s"', (lengthMs, words) => {
  expect(durationWords(lengthMs)).toBe(words);
});
