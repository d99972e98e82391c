import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Repair } from '../../../model/refusal.ts';
import type { PlannerInputs } from '../../../planner/plan.ts';
import { compilePlan } from '../../../planner/plan.ts';
import { instance } from '../../helpers/live-builder.ts';
import { playbook } from '../../helpers/playbook-builder.ts';
import { flagsOf, playbookOf } from '../../helpers/repairs.ts';
import { someInputs } from '../arbitrary.ts';
import { sha256 } from '../retail.ts';

const trees = ['ash', 'birch', 'cedar', 'elm', 'fir', 'oak'] as const;
const someTrees = fc.uniqueArray(fc.constantFrom(...trees), { minLength: 1, maxLength: 3 });

/** Refusals of every kind that a repair could cure: stopped fallbacks, tiers in any order, empty stages, too few people. */
const troubled: fc.Arbitrary<PlannerInputs> = fc
  .record({
    inputs: someInputs,
    stopped: fc.uniqueArray(fc.constantFrom(...trees), { maxLength: 2 }),
    tiers: fc.uniqueArray(someTrees, { maxLength: 3, selector: (names) => names[0] }),
    isWeak: fc.boolean(),
    hasCredentials: fc.boolean(),
    startsLate: fc.option(fc.constantFrom(...trees), { nil: undefined, freq: 1 }),
    never: fc.option(fc.constantFrom(...trees), { nil: undefined, freq: 1 }),
  })
  .map(({ inputs, stopped, tiers, isWeak, hasCredentials, startsLate, never }) => {
    const placed = new Set<string>();
    const own = tiers.map((names, index) => {
      const systems = names.filter((name) => !placed.has(name));
      for (const name of systems) placed.add(name);
      return { name: `tier-${index}`, systems, gate: [] };
    });
    const cut = inputs.playbook.stages.filter(({ name }) => name === 'cut');
    const start =
      startsLate === undefined
        ? []
        : [{ name: 'start', action: 'aws.ec2.start' as const, on: { systems: [startsLate] } }];
    const credentials = hasCredentials
      ? [{ name: 'credentials', action: 'aws.iam.contain' as const, on: { principalsOf: ['oak'] } }]
      : [];
    return {
      ...inputs,
      estate: {
        ...inputs.estate,
        leastQuorum: isWeak ? { down: { platform: 1 } } : {},
        neverTouch: never === undefined ? [] : [`system:${never}`],
      },
      playbook: playbook({
        parameters: {},
        stages: [...credentials, ...cut, ...start],
        releaseBy: inputs.playbook.releaseBy,
        restore: { tiers: own.filter(({ systems }) => systems.length > 0) },
      }),
      parameters: {},
      narrow: [],
      live: {
        ...inputs.live,
        instances: [
          ...inputs.live.instances.map((each) =>
            stopped.some((name) => name === each.tags['system']) ? { ...each, state: 'stopped' as const } : each,
          ),
          instance('i-more', 'ash'),
        ],
      },
    };
  });

function repairsOf(inputs: PlannerInputs): readonly Repair[] {
  const answer = compilePlan(inputs, sha256);
  return answer.kind === 'refused' ? (answer.refusals[0]?.repairs ?? []) : [];
}

function taken(inputs: PlannerInputs, repair: Repair): PlannerInputs {
  const flags = flagsOf(repair);
  const except = flags.startsWith('--except ') ? flags.slice('--except '.length).split(',') : [];
  const narrow = flags.startsWith('--narrow ') ? flags.slice('--narrow '.length).split(',') : [];
  return {
    ...inputs,
    except: [...inputs.except, ...except],
    narrow: [...inputs.narrow, ...narrow],
    playbook: playbookOf(repair) ?? inputs.playbook,
  };
}

test('the properties below see repairs of every kind that chance brings about, and mends on the way', () => {
  const repairs = fc.sample(troubled, { numRuns: 400, seed: 3 }).flatMap(repairsOf);
  expect([...new Set(repairs.map(({ kind }) => kind))].toSorted()).toEqual([
    'leave-out',
    'leave-out-stage',
    'more-people',
    'reorder',
    'sooner',
    'split',
  ]);
  expect(
    repairs.filter((repair) => repair.kind === 'leave-out' && repair.changes !== undefined).length,
  ).toBeGreaterThan(5);
});

test('every repair of every kind, taken, plans clean', () => {
  fc.assert(
    fc.property(troubled, (inputs) => {
      for (const repair of repairsOf(inputs)) expect(compilePlan(taken(inputs, repair), sha256).kind).toBe('plan');
    }),
    { numRuns: 200 },
  );
});

test('no system of a set to leave out is needless where nothing is due back early', () => {
  fc.assert(
    fc.property(troubled, (inputs) => {
      for (const repair of repairsOf(inputs)) {
        if (repair.kind !== 'leave-out' || repair.changes !== undefined) continue;
        const leave = repair.flags.slice('--except '.length).split(',');
        for (const name of leave) {
          const fewer = { ...inputs, except: [...inputs.except, ...leave.filter((each) => each !== name)] };
          expect(compilePlan(fewer, sha256).kind).toBe('refused');
        }
      }
    }),
    { numRuns: 150 },
  );
});
