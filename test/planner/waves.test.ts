import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderTargets, splitIntoWaves, waveOrder } from '../../planner/waves.ts';

interface Item {
  readonly kind: 'instance' | 'principal';
  readonly id: string;
  readonly account: string;
  readonly systems: string[];
}

const host = (id: string, system = 'a', account = 'retail'): Item => ({
  kind: 'instance',
  id,
  account,
  systems: [system],
});
const plain = waveOrder(['a', 'b', 'c'], new Map());
const hosts = (count: number): readonly Item[] => Array.from({ length: count }, (_, index) => host(`i-${index}`));
const sizes = (items: readonly Item[], waves: Parameters<typeof splitIntoWaves>[1], order = plain): readonly string[] =>
  splitIntoWaves(items, waves, order).map((wave) => `${wave.canary ? 'canary ' : ''}${wave.items.length}`);

test('principals go first by id, then hosts by system in the order given, account, id', () => {
  const shared: Item = { ...host('i-shared'), systems: ['b', 'c'] };
  const targets = [
    host('i-9', 'a', 'zoo'),
    host('i-2', 'c'),
    shared,
    host('i-1', 'a'),
    { ...host('p-2'), kind: 'principal' as const },
    host('i-0', 'a', 'zoo'),
    { ...host('p-1', 'c', 'zoo'), kind: 'principal' as const },
  ];
  const order = waveOrder(['c', 'b', 'a'], new Map());
  expect(orderTargets(targets, order).map(({ id }) => id)).toEqual([
    'p-1',
    'p-2',
    'i-2',
    'i-shared',
    'i-1',
    'i-0',
    'i-9',
  ]);
});

test.each<[string, number, Parameters<typeof splitIntoWaves>[1], readonly string[]]>([
  ['without waves a stage is one', 5, undefined, ['5']],
  ['a share is of all targets, rounded up', 24, { canary: 1, size: '25%' }, ['canary 1', '6', '6', '6', '5']],
  ['a share is at least one', 3, { size: '1%' }, ['1', '1', '1']],
  ['a count is a count', 5, { size: 2 }, ['2', '2', '1']],
  ['a canary alone leaves one wave for the rest', 5, { canary: 2 }, ['canary 2', '3']],
  ['a canary larger than the stage is the stage', 2, { canary: 5, size: 1 }, ['canary 2']],
  ['nothing gives no wave', 0, { canary: 1, size: '25%' }, []],
])('%s', (...[, count, waves, expected]) => {
  expect(sizes(hosts(count), waves)).toEqual(expected);
});

test('a cycle that fits one wave is not split; one that does not is', () => {
  const cycleOf = new Map([
    ['b', 'b'],
    ['c', 'b'],
  ]);
  const targets = [host('1'), host('2'), host('3', 'b'), host('4', 'b'), host('5', 'c'), host('6')];
  expect(sizes(targets, { size: 3 }, { ...plain, cycleOf })).toEqual(['2', '3', '1']);
  expect(sizes(targets, { size: 2 }, { ...plain, cycleOf })).toEqual(['2', '2', '2']);
  expect(sizes(targets, { size: 3 })).toEqual(['3', '3']);
});

test('waves are a partition in order, none empty, none larger than it may be', () => {
  const anItem = fc.record({ system: fc.constantFrom('a', 'b', 'c'), id: fc.string() });
  const cycles = fc.constantFrom(
    new Map<string, string>(),
    new Map([
      ['a', 'a'],
      ['b', 'a'],
    ]),
  );
  const counts = fc.record({ canary: fc.integer({ min: 1, max: 3 }), size: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(anItem), cycles, counts, (items, cycleOf, waves) => {
      const order = { ...plain, cycleOf };
      const ordered = orderTargets(
        items.map(({ id, system }) => host(id, system)),
        order,
      );
      const result = splitIntoWaves(ordered, waves, order);
      expect(result.flatMap((wave) => wave.items)).toEqual(ordered);
      for (const { canary, items: own } of result) {
        expect(own.length).toBeGreaterThan(0);
        expect(own.length).toBeLessThanOrEqual(canary ? waves.canary : waves.size);
      }
    }),
  );
});
