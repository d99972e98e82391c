import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Advice } from '../../../model/advice.ts';
import type { AdviceInputs } from '../../../planner/advice/advise.ts';
import { advise } from '../../../planner/advice/advise.ts';
import { compilePlan } from '../../../planner/plan.ts';
import { sha256 } from '../retail.ts';
import { someAdviceInputs, strictAdviceInputs } from './arbitrary.ts';
import { nameOf } from './names.ts';
import { exhaustive } from './exhaustive.ts';

function adviceOn(inputs: AdviceInputs): Advice {
  const answer = advise(inputs);
  if (answer.kind === 'refused') throw new Error(JSON.stringify(answer.refusals));
  return answer.advice;
}

function kindOf(advice: Advice): string {
  if (advice.kind === 'cut') return advice.cutsKeptSafe ? 'cut of what is kept safe' : 'cut';
  return advice.kind === 'no-cut' ? `no cut: ${advice.because.kind}` : advice.kind;
}

test('the properties below see every kind of advice, and cuts to choose from', () => {
  const advice = [someAdviceInputs, strictAdviceInputs]
    .flatMap((some) => fc.sample(some, { numRuns: 120, seed: 11 }))
    .map(adviceOn);
  const kinds = new Set(advice.map(kindOf));
  expect([...kinds].toSorted()).toEqual([
    'cut',
    'cut of what is kept safe',
    'no cut: floors',
    'no cut: open-way',
    'nothing-to-cut',
  ]);
  expect(advice.filter((each) => each.kind === 'cut' && each.candidates >= 6).length).toBeGreaterThan(20);
});

/** More sets than this take too long to try. */
const mostSets = 2 ** 15;

/** What an answer claims, held against every set of things there is. */
function expectNoneBetter(inputs: AdviceInputs): void {
  const advice = adviceOn(inputs);
  const slow = exhaustive(inputs);
  if (advice.kind === 'nothing-to-cut') {
    expect(slow.worldOf(0).goalsReached).toEqual([]);
    return;
  }
  expect(slow.worldOf(0).goalsReached).not.toEqual([]);
  fc.pre(slow.sets(true) <= mostSets);
  if (advice.kind === 'no-cut') {
    expect(slow.leastLoss(true)).toBeUndefined();
    return;
  }
  const { cut, isExact, cutsKeptSafe } = advice;
  const world = slow.worldOf(slow.setOf(cut.things.map(nameOf)));
  expect(world).toMatchObject({ goalsReached: [], floorsHold: true });
  expect(world.loss).toBeCloseTo(cut.loss, 5);
  expect(isExact).toBe(true);
  expect(slow.leastLoss(cutsKeptSafe)).toBeCloseTo(cut.loss, 5);
  if (cutsKeptSafe) expect(slow.leastLoss(false)).toBeUndefined();
}

test('advice is a cut, holds every floor, and loses no more than any cut there is, by exhaustive search', () => {
  fc.assert(fc.property(someAdviceInputs, expectNoneBetter), { numRuns: 60 });
}, 60_000);

test('nor where most of the estate is protected: what has no cut has none, by exhaustive search', () => {
  fc.assert(fc.property(strictAdviceInputs, expectNoneBetter), { numRuns: 60 });
}, 60_000);

test('the playbook that advice writes plans clean', () => {
  fc.assert(
    fc.property(someAdviceInputs, (inputs) => {
      const advice = adviceOn(inputs);
      fc.pre(advice.kind === 'cut');
      const { estate, live, allowedSigners } = inputs;
      const { playbook } = advice;
      expect(
        compilePlan({ estate, live, allowedSigners, playbook, parameters: {}, except: [], narrow: [] }, sha256).kind,
      ).toBe('plan');
    }),
    { numRuns: 60 },
  );
});
