import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contained } from '../../model/continuity.ts';
import { claimInstances } from '../../planner/claims.ts';
import { containedTogether } from '../../planner/contained.ts';
import { wholeSlice } from '../../planner/slice.ts';
import { strikesOf } from '../../planner/strikes.ts';
import { isStruck } from '../../planner/struck.ts';
import { someInputs } from './arbitrary.ts';

const systems = ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'];
const someContained: fc.Arbitrary<Contained> = fc
  .record({
    hosts: fc.subarray(systems.flatMap((name) => [1, 2, 3].map((host) => `i-${name}-${host}`))),
    principals: fc.subarray(['aws.iam.role:retail/one', 'aws.iam.role:retail/unlisted', 'aws.iam.user:retail/two']),
  })
  .map(({ hosts, principals }) => ({ hosts: new Set(hosts), principals: new Set(principals) }));

test('systems are struck as each of them says, whether all is contained at once or more is added', () => {
  fc.assert(
    fc.property(someInputs, someContained, someContained, ({ estate, live }, first, more) => {
      const slice = wholeSlice(estate, claimInstances(estate, live));
      const strikes = strikesOf(slice.systems);
      const together = containedTogether(first, more);
      const expected = [...slice.systems.keys()].filter((index) => {
        const system = slice.systems[index];
        return system && isStruck(system, together);
      });
      const inOrder = (struck: readonly number[]): readonly number[] => struck.toSorted((one, other) => one - other);
      expect(inOrder(strikes.struckBy(together))).toEqual(expected);
      const added = strikes.tally(first).adding(more);
      expect(inOrder(added.struck())).toEqual(expected);
      expect(inOrder(added.adding(first).struck())).toEqual(expected);
      expect(added.contained()).toEqual(together);
    }),
    { numRuns: 300 },
  );
});
