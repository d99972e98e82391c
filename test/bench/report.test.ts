import { describe, expect, it } from 'vitest';
import { benchReport, medianOf, resultOf, resultWithin } from '../../bench/report.ts';

const pairs = [
  { ours: 1, peer: 10 },
  { ours: 3, peer: 10 },
  { ours: 2, peer: 40 },
];

describe('a figure', () => {
  it('is the median of the repeats, and its ratio that of each repeat, not of the medians', () => {
    expect(resultOf({ metric: 'm', unit: 'ms', target: 0.3 }, pairs)).toEqual({
      metric: 'm',
      ours: 2,
      peer: 10,
      unit: 'ms',
      ratio: { median: 0.1, worst: 0.3 },
      target: 0.3,
      holds: true,
    });
  });

  it('is missed where one repeat is above the target, whatever the median', () => {
    expect(resultOf({ metric: 'm', unit: 'ms', target: 0.29 }, pairs).holds).toBe(false);
  });

  it('against a limit is the part of it that is used', () => {
    const within = resultWithin({ metric: 'm', unit: 'ms', limit: 1_000 }, [250, 1_001, 500]);
    expect(within).toMatchObject({ ours: 500, peer: 1_000, ratio: { median: 0.5, worst: 1.001 }, holds: false });
  });
});

it('the median of an even count is the mean of the two in the middle, and of nothing there is none', () => {
  expect(medianOf([4, 1, 3, 2])).toBe(2.5);
  expect(medianOf([9, 1, 3])).toBe(3);
  expect(() => medianOf([])).toThrow('found none');
});

it('a report without figures is none, and holds no key that nobody knows', () => {
  const report = {
    schema: 'firedoor/bench/v1',
    name: 'planner',
    results: [resultOf({ metric: 'm', unit: 'ms', target: 1 }, pairs)],
    machine: { cpu: 'one', cores: 2, memoryMiB: 4096, platform: 'linux x64', software: { node: '24.0.0' } },
  };
  expect(benchReport.safeParse(report).success).toBe(true);
  expect(benchReport.safeParse({ ...report, results: [] }).success).toBe(false);
  expect(benchReport.safeParse({ ...report, verdict: 'good' }).success).toBe(false);
});
