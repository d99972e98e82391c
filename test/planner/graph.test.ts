import fc from 'fast-check';
import { expect, test } from 'vitest';
import { namesIn } from '../../model/modes.ts';
import { buildGraph } from '../../planner/graph.ts';
import { anEstate } from './arbitrary.ts';

test('dependents come before what they need, ties by name', () => {
  const graph = buildGraph([
    { name: 'database' },
    { name: 'web', needs: { all: ['database', 'cache'] } },
    { name: 'cache', needs: 'database' },
    { name: 'app', needs: { atLeast: 1, of: ['database'] } },
  ]);
  expect(graph.dependentsFirst).toEqual(['app', 'web', 'cache', 'database']);
  expect(graph.needsFirst).toEqual(['database', 'app', 'cache', 'web']);
  expect(graph.cycles).toEqual([]);
});

test('cycles are named, their systems stay together, and a system that needs itself is one', () => {
  const graph = buildGraph([
    { name: 'dns', needs: 'directory' },
    { name: 'app', needs: 'dns' },
    { name: 'directory', needs: { all: ['dns', 'power'] } },
    { name: 'power' },
    { name: 'self', needs: 'self' },
  ]);
  expect(graph.cycles).toEqual([['directory', 'dns'], ['self']]);
  expect(graph.cycleOf).toEqual(
    new Map([
      ['directory', 'directory'],
      ['dns', 'directory'],
      ['self', 'self'],
    ]),
  );
  expect(graph.dependentsFirst).toEqual(['app', 'self', 'directory', 'dns', 'power']);
  expect(graph.needsFirst).toEqual(['power', 'self', 'directory', 'dns', 'app']);
});

test('both orders hold every system once, respect every need outside cycles, and ignore the order given', () => {
  fc.assert(
    fc.property(anEstate, ({ systems }) => {
      const graph = buildGraph(systems);
      expect(buildGraph(systems.toReversed())).toEqual(graph);
      for (const order of [graph.dependentsFirst, graph.needsFirst.toReversed()]) {
        expect(order.toSorted()).toEqual(systems.map(({ name }) => name).toSorted());
        for (const { name, needs } of systems) {
          for (const need of namesIn(needs)) {
            const together =
              graph.cycleOf.get(name) !== undefined && graph.cycleOf.get(name) === graph.cycleOf.get(need);
            if (!together) expect(order.indexOf(name)).toBeLessThan(order.indexOf(need));
          }
        }
      }
    }),
  );
});

test('a chain of a hundred thousand systems needs no stack', () => {
  const systems = Array.from({ length: 100_000 }, (_, index) => ({ name: `s${index}`, needs: `s${index + 1}` }));
  expect(buildGraph(systems).dependentsFirst[99_999]).toBe('s99999');
});
