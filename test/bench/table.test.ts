import { expect, test } from 'vitest';
import { resultOf } from '../../bench/report.ts';
import { benchTable } from '../../bench/table.ts';

test('figures stand under each other, and what misses is said first', () => {
  const results = [
    resultOf({ metric: 'one guard check', unit: 'ms', target: 0.1 }, [{ ours: 4.321, peer: 432.1 }]),
    resultOf({ metric: 'plan; limit 1 s', unit: 'ms', target: 1 }, [{ ours: 12_001, peer: 1_000 }]),
  ];
  expect(benchTable({ name: 'planner', results })).toMatchInlineSnapshot(`
    "planner
              metric                ours      peer  median  worst  target
      holds   one guard check    4.32 ms    432 ms    0.01   0.01   ≤ 0.1
      MISSED  plan; limit 1 s  12,001 ms  1,000 ms    12.0   12.0     ≤ 1"
  `);
});
