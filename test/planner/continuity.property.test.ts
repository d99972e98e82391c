import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Contained, Failing } from '../../model/continuity.ts';
import { modes, servingModes } from '../../model/modes.ts';
import { claimInstances, notRunning } from '../../planner/claims.ts';
import { assess, continuityOf, shareAtLeast } from '../../planner/continuity.ts';
import { containedTogether } from '../../planner/guard.ts';
import { carriedSlice, wholeSlice } from '../../planner/slice.ts';
import { someInputs } from './arbitrary.ts';
import { slowSystemsUp, slowWeights } from './brute-force.ts';

const someFailing: fc.Arbitrary<Failing> = fc.array(
  fc.record({
    service: fc.constantFrom('service-0', 'service-1'),
    mode: fc.constantFrom(...servingModes),
    sites: fc.uniqueArray(fc.constantFrom('site-0', 'site-1', 'site-2', 'site-5', 'elsewhere'), { maxLength: 3 }),
  }),
  { maxLength: 3 },
);
const someContained: fc.Arbitrary<Contained> = fc
  .record({
    hosts: fc.subarray(
      ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'].flatMap((name) => [`i-${name}-1`, `i-${name}-2`]),
    ),
    principals: fc.subarray(['aws.iam.role:retail/one', 'aws.iam.user:retail/two']),
  })
  .map(({ hosts, principals }) => ({ hosts: new Set(hosts), principals: new Set(principals) }));

test('systems and sites stand as a search over every set of systems says', () => {
  fc.assert(
    fc.property(someInputs, someContained, someFailing, ({ estate, live }, wave, failing) => {
      const contained = containedTogether(notRunning(live), wave);
      const whole = wholeSlice(estate, claimInstances(estate, live));
      const world = { estate, live, contained, failing };
      expect([...continuityOf(whole).systemsUp(contained)].sort()).toEqual([...slowSystemsUp(world)].sort());
      for (const { service, shares } of assess(carriedSlice(whole), { contained, failing })) {
        const weights = slowWeights(service, world);
        const total = modes.reduce((sum, mode) => sum + weights[mode], 0);
        for (const mode of modes) expect(shares[mode]).toBeCloseTo(weights[mode] / total, 8);
      }
    }),
    { numRuns: 300 },
  );
});

test('more contained or failing never makes a service better', () => {
  fc.assert(
    fc.property(
      someInputs,
      fc.tuple(someContained, someContained),
      fc.tuple(someFailing, someFailing),
      (inputs, c, f) => {
        const slice = wholeSlice(inputs.estate, claimInstances(inputs.estate, inputs.live));
        const less = assess(slice, { contained: c[0], failing: f[0] });
        const more = assess(slice, { contained: containedTogether(...c), failing: [...f[0], ...f[1]] });
        for (const [index, { shares }] of more.entries()) {
          const before = less[index]?.shares;
          for (const mode of servingModes) {
            expect(shareAtLeast(shares, mode)).toBeLessThanOrEqual(before ? shareAtLeast(before, mode) + 2e-8 : 0);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});
