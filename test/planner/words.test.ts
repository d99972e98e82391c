import { expect, test } from 'vitest';
import { atLeastWords, countWords, forecastWords, listWords, percentWords } from '../../planner/words.ts';

test('counts have commas between thousands', () => {
  expect([0, 999, 1000, 2310, 1_234_567].map(countWords)).toEqual(['0', '999', '1,000', '2,310', '1,234,567']);
});

test('shares are never rounded up, but for the last digit of a sum', () => {
  expect([0, 0.29, 0.57, 0.95, 0.94999, 0.99999, 0.999999999, 1].map(percentWords)).toEqual([
    '0%',
    '29%',
    '57%',
    '95%',
    '94.99%',
    '99.99%',
    '100%',
    '100%',
  ]);
});

test('modes and forecasts read as people say them', () => {
  expect([atLeastWords('normal'), atLeastWords('manual')]).toEqual(['normal', 'manual or better']);
  expect(forecastWords({ mode: 'normal', share: 1 })).toBe('stays normal');
  expect(forecastWords({ mode: 'degraded', share: 1 })).toBe('degraded everywhere');
  expect(forecastWords({ mode: 'manual', share: 0.5 })).toBe('manual or better at 50%');
  expect(forecastWords({ mode: 'down', share: 0 })).toBe('down');
});

test('long lists are cut', () => {
  expect(listWords(['a', 'b'])).toBe('a, b');
  expect(listWords(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
});
