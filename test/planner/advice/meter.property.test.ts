import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attackGraph } from '../../../planner/advice/attack-graph.ts';
import { meterOf } from '../../../planner/advice/meter.ts';
import { durationMs } from '../../../model/duration.ts';
import { groundOf } from '../../../planner/ground.ts';
import { someAdviceInputs } from './arbitrary.ts';
import { nameOf } from './names.ts';
import { exhaustive } from './exhaustive.ts';

test('the meter says what a slow count says, after every step forward and back', () => {
  const steps = fc.array(fc.option(fc.nat(16), { nil: 'undo' as const }), { minLength: 4, maxLength: 24 });
  fc.assert(
    fc.property(someAdviceInputs, steps, (inputs, moves) => {
      const ground = groundOf(inputs);
      const { things } = attackGraph(ground);
      const slow = exhaustive(inputs);
      const meter = meterOf(things, ground, durationMs(inputs.releaseBy));
      const contained: number[] = [];
      for (const move of [...moves, ...moves.map(() => 'undo' as const)]) {
        if (move === 'undo') {
          if (contained.pop() !== undefined) meter.undo();
        } else if (move < things.length && !contained.includes(move)) {
          contained.push(move);
          meter.contain(move);
        }
        const names = contained.flatMap((thing) => things[thing] ?? []).map(nameOf);
        const { loss, floorsHold } = slow.worldOf(slow.setOf(names));
        expect(meter.loss()).toBeCloseTo(loss, 5);
        expect(meter.holds()).toBe(floorsHold);
      }
    }),
    { numRuns: 100 },
  );
});
