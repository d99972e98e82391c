import { describe, expect, it } from 'vitest';
import { BenchUsageError, readBenchOptions } from '../../bench/options.ts';

const names = ['planner', 'isolate'];

describe('options of the benches', () => {
  it('are all benches, five times each, shown to people, where nothing is said', () => {
    expect(readBenchOptions([], names)).toEqual({
      name: undefined,
      out: undefined,
      list: false,
      json: false,
      repeats: 5,
    });
  });

  it('name one, and the file its report goes to', () => {
    expect(readBenchOptions(['isolate', '--out', 'x.json', '--repeats', '2'], names)).toMatchObject({
      name: 'isolate',
      out: 'x.json',
      repeats: 2,
    });
  });

  it.each([
    [['speed'], 'found the name "speed"; expected planner or isolate.'],
    [['planner', 'isolate'], 'found 2 names'],
    [['--out', 'x.json'], '--out and --json take one bench'],
    [['planner', '--repeats', '0'], '--repeats: found "0"'],
    [['planner', '--fast'], "Unknown option '--fast'"],
  ])('are refused in one line where they are wrong: %j', (argv, words) => {
    expect(() => readBenchOptions(argv, names)).toThrow(BenchUsageError);
    expect(() => readBenchOptions(argv, names)).toThrow(words);
  });
});
