import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clocks, Contained, Failing } from '../../model/continuity.ts';
import type { Mode } from '../../model/modes.ts';
import { modes, servingModes } from '../../model/modes.ts';
import type { Slice } from '../../model/plan.ts';
import { claimInstances, notRunning } from '../../planner/claims.ts';
import { assess, continuityOf } from '../../planner/continuity.ts';
import { containedTogether } from '../../planner/contained.ts';
import { weigh } from '../../planner/guard.ts';
import { shareAtLeast } from '../../planner/shares.ts';
import { carriedSlice, wholeSlice } from '../../planner/slice.ts';
import { someInputs } from './arbitrary.ts';
import type { SlowTime } from './brute-force.ts';
import { floorsHoldIn, hourMs, slowCourse, slowSystemsUp, slowWeights, weightsIn } from './brute-force.ts';

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

/** Times in whole hours around now, for a world of `someInputs`. */
const someTimes = fc.record({
  due: fc.array(
    fc.tuple(fc.constantFrom('ash', 'birch', 'cedar', 'elm', 'fir', 'oak'), fc.integer({ min: -1, max: 9 })),
  ),
  downSince: fc.dictionary(fc.constantFrom('ash', 'birch', 'cedar', 'oak'), fc.integer({ min: -6, max: 0 })),
  lastBetter: fc.record({ degraded: fc.integer({ min: -6, max: 0 }), manual: fc.integer({ min: -6, max: 0 }) }),
  failingSince: fc.option(fc.integer({ min: -5, max: 0 }), { nil: undefined }),
});

interface TimedCase {
  readonly slow: SlowTime;
  readonly fast: {
    readonly nowMs: number;
    readonly clocks: Clocks;
    readonly dueMs: ReadonlyMap<string, number>;
  };
  readonly slice: Slice;
}

const someTimed: fc.Arbitrary<TimedCase> = fc
  .tuple(someInputs, someContained, someFailing, someTimes)
  .map(([{ estate, live }, wave, entries, times]) => {
    const slice = wholeSlice(estate, claimInstances(estate, live));
    const due = new Map<string, number>(
      times.due.flatMap(([name, hour]) => [1, 2, 3].map((host) => [`i-${name}-${host}`, hour] as const)),
    );
    const { failingSince } = times;
    const failing = entries.map((entry) =>
      failingSince === undefined ? entry : { ...entry, since: failingSince * hourMs },
    );
    const services = estate.services.map(({ name }) => name);
    const lastBetterMs = { degraded: times.lastBetter.degraded * hourMs, manual: times.lastBetter.manual * hourMs };
    return {
      slice,
      slow: {
        estate,
        live,
        failing,
        contained: containedTogether(notRunning(live), wave),
        due,
        downSince: new Map(Object.entries(times.downSince)),
        lastBetter: Object.fromEntries(services.map((name) => [name, times.lastBetter])),
      },
      fast: {
        nowMs: 0,
        dueMs: new Map([...due].map(([id, hour]) => [id, hour * hourMs])),
        clocks: {
          downSince: Object.fromEntries(Object.entries(times.downSince).map(([name, hour]) => [name, hour * hourMs])),
          lastBetter: Object.fromEntries(
            slice.services.map(({ name, classes }) => [name, classes.map(() => ({ '': lastBetterMs }))]),
          ),
        },
      },
    };
  });

const lastHour = 14;

test('services fare through time as a walk hour by hour, site by site, says', () => {
  fc.assert(
    fc.property(someTimed, ({ slow, fast, slice }) => {
      const outlook = { ...fast, contained: slow.contained, failing: slow.failing, untilMs: lastHour * hourMs };
      const course = continuityOf(slice).course(outlook);
      for (const [hour, state] of slowCourse(slow, lastHour).entries()) {
        const standings = course.findLast(({ atMs }) => atMs <= hour * hourMs)?.standings ?? [];
        for (const { service, shares, floor } of standings) {
          const weights = weightsIn(state, slow.estate, { service });
          const total = modes.reduce((sum, mode) => sum + weights[mode], 0);
          for (const mode of modes)
            expect([hour, mode, shares[mode]]).toEqual([hour, mode, expect.closeTo(weights[mode] / total, 8)]);
          expect([hour, floor?.holds ?? true]).toEqual([hour, floorsHoldIn(state, service, slow.estate)]);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('the guard breaches what falls at any hour of the look-ahead, of what the wave makes worse at any hour', () => {
  fc.assert(
    fc.property(someTimed, someContained, ({ slow, fast, slice }, wave) => {
      const together = containedTogether(slow.contained, wave);
      const verdict = weigh(continuityOf(slice), {
        contained: slow.contained,
        wave,
        failing: slow.failing,
        times: fast,
      });
      const ids = [...together.hosts, ...together.principals];
      const until = Math.max(0, ...ids.map((id) => slow.due.get(id) ?? 0));
      const without = slowCourse({ ...slow, failing: [] }, until);
      const withWave = slowCourse({ ...slow, failing: [], contained: together }, until);
      const probed = slowCourse({ ...slow, contained: together }, until);
      for (const { name: service, protected: isProtected } of slow.estate.services) {
        const isWorse = withWave.some((state, hour) => {
          const [after, before] = [state, without[hour] ?? state].map((each) =>
            weightsIn(each, slow.estate, { service }),
          );
          return servingModes.some((_, rank) => atLeast(after, rank) < atLeast(before, rank) - 1e-9);
        });
        const falls = isProtected && isWorse && probed.some((state) => !floorsHoldIn(state, service, slow.estate));
        expect([service, verdict.breached.includes(service)]).toEqual([service, falls]);
      }
    }),
    { numRuns: 300 },
  );
});

function atLeast(weights: Readonly<Record<Mode, number>> | undefined, rank: number): number {
  return servingModes.slice(0, rank + 1).reduce((sum, mode) => sum + (weights?.[mode] ?? 0), 0);
}

test('with C and F as they are, later is never better', () => {
  fc.assert(
    fc.property(someTimed, ({ slow, fast, slice }) => {
      const outlook = {
        ...fast,
        contained: slow.contained,
        failing: slow.failing,
        dueMs: new Map(),
        untilMs: Infinity,
      };
      const course = continuityOf(slice).course(outlook);
      for (const [index, { standings }] of course.entries()) {
        for (const [position, { shares }] of (course[index + 1]?.standings ?? []).entries()) {
          const before = standings[position]?.shares;
          for (const mode of servingModes) {
            expect(shareAtLeast(shares, mode)).toBeLessThanOrEqual(before ? shareAtLeast(before, mode) + 2e-8 : 0);
          }
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('what is remembered along the way and asked again gives the course that asking once gives', () => {
  fc.assert(
    fc.property(someTimed, fc.integer({ min: 1, max: 6 }), ({ slow, fast, slice }, hour) => {
      const continuity = continuityOf(slice);
      const failing = slow.failing.map((entry) => ({ since: 0, ...entry }));
      const world = { contained: slow.contained, failing };
      const still = { dueMs: new Map<string, number>(), untilMs: Infinity };
      const course = continuity.course({ ...world, ...still, nowMs: 0, clocks: fast.clocks });
      const halfway = continuity.remembered({ ...world, nowMs: 0, clocks: fast.clocks }, (hour * hourMs) / 2);
      const clocks = continuity.remembered({ ...world, nowMs: (hour * hourMs) / 2, clocks: halfway }, hour * hourMs);
      const resumed = continuity.course({ ...world, ...still, nowMs: hour * hourMs, clocks });
      const later = course.filter(({ atMs }) => atMs > hour * hourMs);
      expect(resumed.slice(1).map(({ atMs, standings }) => ({ atMs, standings }))).toEqual(
        later.map(({ atMs, standings }) => ({ atMs, standings })),
      );
    }),
    { numRuns: 200 },
  );
});
