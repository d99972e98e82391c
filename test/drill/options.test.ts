import { describe, expect, it } from 'vitest';
import { passedOn } from '../../cli/passed-on.ts';
import type { GlobalOptions } from '../../cli/session.ts';
import { DrillUsageError, readDevOptions, readDrillOptions } from '../../drill/options.ts';

describe('options of the drill', () => {
  it('are the whole story, shown to people, where nothing is said', () => {
    expect(readDrillOptions([])).toEqual({
      out: undefined,
      fast: false,
      sabotage: false,
      scenario: 'retail-and-funeralcare',
      show: { json: false, plain: false },
    });
  });

  it('come through the command line as they were given, values that look like flags among them', () => {
    const program: GlobalOptions = {
      format: 'jsonl',
      file: undefined,
      plain: true,
      color: false,
      input: true,
      yes: false,
      debug: false,
      server: {},
    };
    const argv = passedOn(
      { out: '-strange', fast: true, sabotage: 'guard', scenario: 'small', absent: undefined, off: false },
      program,
    );
    expect(readDrillOptions(argv)).toEqual({
      out: '-strange',
      fast: true,
      sabotage: true,
      scenario: 'small',
      show: { json: true, plain: true },
    });
  });

  it.each([
    [['--sabotage', 'worker'], '--sabotage: found "worker", expected guard.'],
    [['--scenario', 'large'], '--scenario: found "large", expected '],
    [['--faster'], "Unknown option '--faster'."],
    [['stray'], "Unexpected argument 'stray'."],
  ])('%j is refused in one line', (argv, message) => {
    expect(() => readDrillOptions(argv)).toThrow(DrillUsageError);
    expect(() => readDrillOptions(argv)).toThrow(message);
  });

  it('of the local stack know its estate alone', () => {
    expect(readDevOptions(['--scenario=small', '--json'])).toEqual({
      scenario: 'small',
      show: { json: true, plain: false },
    });
    expect(() => readDevOptions(['--fast'])).toThrow(DrillUsageError);
  });
});
