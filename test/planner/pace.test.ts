import { expect, test } from 'vitest';
import { callsIn, leastMs } from '../../planner/pace.ts';

const bucket = { api: 'Modify', size: 100, refillPerSecond: 5 };
const work = (calls: number, account = 'retail', api = 'Modify') => ({
  account,
  region: 'eu-west-2',
  costs: [{ bucket: { ...bucket, api }, calls }],
});

test('a full bucket takes its size at once, and the rest at its rate', () => {
  expect(leastMs([])).toBe(0);
  expect(leastMs([work(100)])).toBe(0);
  expect(leastMs([work(60), work(61)])).toBe(4200);
});

test('accounts and APIs run at once: the slowest counts', () => {
  expect(leastMs([work(110), work(150, 'funerals'), work(120, 'retail', 'Create')])).toBe(10_000);
});

test('calls add up', () => {
  expect(callsIn([...work(2).costs, ...work(3).costs])).toBe(5);
});
