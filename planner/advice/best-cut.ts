import { lightestCut, uncuttable } from './flow.ts';
import type { Meter } from './meter.ts';
import type { Cut, Found } from './search.ts';
import type { SearchQuestion } from './search.ts';
import { isBetter, searchCuts } from './search.ts';
import type { Ways } from './ways.ts';

/** Up to so many candidates the search always sees every cut there is. */
export const mostExact = 20;
/** Beyond that it looks at so many candidates, counted anew on every way: some tenths of a second, and no clock needed. */
const searchBudget = 2_000_000;
/** Weights follow the best cut of the round before; they settle in two or three rounds, or go round in circles. */
const mostRounds = 4;
/** Weights of flow are whole numbers: millionths of a loss, and one for each thing, so that of equal cuts the smaller wins. */
const perLoss = 1e6;

/** Ways to cut, what it costs, and who has the last word. */
export type CutQuestion = Pick<SearchQuestion, 'ways' | 'meter' | 'accepts'>;

function weightOf(loss: number): number {
  return Math.round(Math.max(0, loss) * perLoss) + 1;
}

/** What a meter says with things contained; it is left as found. */
export function measure(
  meter: Meter,
  candidates: readonly number[],
): { readonly loss: number; readonly holds: boolean } {
  for (const candidate of candidates) meter.contain(candidate);
  const result = { loss: meter.loss(), holds: meter.holds() };
  for (let count = candidates.length; count > 0; count -= 1) meter.undo();
  return result;
}

/**
 * What each candidate costs beside a cut: those outside by being added to it, those in it by being left out. One that
 * breaks a floor can't be cut.
 */
function weightsBeside(chosen: readonly number[], ways: Ways, meter: Meter): readonly number[] {
  const isIn = new Set(chosen);
  const whole = measure(meter, chosen).loss;
  const weights = [...ways.candidates.keys()].map(() => 0);
  for (const candidate of chosen) {
    const without = measure(
      meter,
      chosen.filter((each) => each !== candidate),
    );
    weights[candidate] = weightOf(whole - without.loss);
  }
  for (const candidate of chosen) meter.contain(candidate);
  for (const candidate of weights.keys()) {
    if (isIn.has(candidate)) continue;
    meter.contain(candidate);
    weights[candidate] = meter.holds() ? weightOf(meter.loss() - whole) : uncuttable;
    meter.undo();
  }
  for (const _ of chosen) meter.undo();
  return weights;
}

/** Cuts by flow: each round weighs the candidates beside the cut of the round before. */
function cutByFlow({ ways, meter, accepts }: CutQuestion): Cut | undefined {
  let best: Cut | undefined;
  let chosen: readonly number[] = [];
  for (let round = 0; round < mostRounds; round += 1) {
    const next = lightestCut(ways, weightsBeside(chosen, ways, meter));
    if (!next || next.join() === chosen.join()) break;
    chosen = next;
    const { loss, holds } = measure(meter, chosen);
    const cut = { candidates: chosen, loss };
    if (holds && isBetter(cut, best) && accepts(chosen)) best = cut;
    if (!holds) break;
  }
  return best;
}

/**
 * The cut of least loss that holds every floor: exact up to {@link mostExact} candidates, and beyond that where the search
 * ends within its budget; else the best found.
 */
export function bestCut(question: CutQuestion): Found {
  const known = cutByFlow(question);
  const budget = question.ways.candidates.length <= mostExact ? Infinity : searchBudget;
  return searchCuts({ ...question, known, budget });
}
