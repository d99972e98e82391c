import type { Meter } from './meter.ts';
import { entriesOf } from '../packed.ts';
import type { Ways } from './ways.ts';

/** A cut that holds every floor: candidates in order, and the loss while they are contained. */
export interface Cut {
  readonly candidates: readonly number[];
  readonly loss: number;
}

/** The best cut found, if any, and whether the search saw all there are. */
export interface Found {
  readonly cut?: Cut;
  readonly isExact: boolean;
}

/** What a search goes by. */
export interface SearchQuestion {
  readonly ways: Ways;
  readonly meter: Meter;
  /** A cut to beat. */
  readonly known?: Cut | undefined;
  /** Candidates that may be looked at before the search gives up; looked at on every way anew. */
  readonly budget: number;
  /** The last word on a cut that is better than all before: the guard's own. */
  readonly accepts: (candidates: readonly number[]) => boolean;
}

const undecided = 0;
const cut = 1;
const kept = 2;

interface Search {
  readonly question: SearchQuestion;
  /** What was decided about each candidate. */
  readonly decided: Uint8Array;
  readonly chosen: number[];
  best: Cut | undefined;
  spent: number;
}

/** True where one cut is better than another: less loss, then fewer things. */
export function isBetter(one: Cut, other: Cut | undefined): boolean {
  if (!other || one.loss !== other.loss) return !other || one.loss < other.loss;
  return one.candidates.length < other.candidates.length;
}

/**
 * A way that is still open, by the candidates on it that are not decided: as few of them as can be. Undefined where every
 * way is cut; empty where a way is open whose every candidate is kept.
 */
function openWay(search: Search): readonly number[] | undefined {
  const { decided, question } = search;
  const { starts, next, ends } = question.ways;
  const previous = new Int32Array(decided.length).fill(-2);
  let level: number[] = [];
  let later: number[] = [];
  const settled = new Uint8Array(decided.length);
  const enter = (candidate: number, from: number): void => {
    if (decided[candidate] === cut || settled[candidate] === 1) return;
    if (decided[candidate] === kept) {
      settled[candidate] = 1;
      previous[candidate] = from;
      level.push(candidate);
    } else if (previous[candidate] === -2) {
      previous[candidate] = from;
      later.push(candidate);
    }
  };
  for (const candidate of starts) enter(candidate, -1);
  for (;;) {
    // A list that grows while it is walked: all that is reached past no further undecided candidate.
    for (const candidate of level) {
      search.spent += 1;
      if (ends[candidate] === 1) return undecidedOn(candidate, previous, decided);
      for (const onward of entriesOf(next, candidate)) enter(onward, candidate);
    }
    if (later.length === 0) return undefined;
    level = later;
    later = [];
    for (const candidate of level) settled[candidate] = 1;
  }
}

function undecidedOn(end: number, previous: Int32Array, decided: Uint8Array): readonly number[] {
  const way: number[] = [];
  for (let candidate = end; candidate >= 0; candidate = previous[candidate] ?? -1) {
    if (decided[candidate] === undecided) way.push(candidate);
  }
  return way.reverse();
}

function isHopeless({ question, best, chosen }: Search): boolean {
  if (!question.meter.holds()) return true;
  if (!best) return false;
  const loss = question.meter.loss();
  return loss > best.loss || (loss === best.loss && chosen.length >= best.candidates.length);
}

/**
 * Every cut cuts each way somewhere: takes one that is open, and tries each of its candidates in turn, the ones before
 * it being kept. Loss and floors only get worse with more contained, so what is no better than the best is left.
 */
function branch(search: Search): void {
  const { question, decided, chosen } = search;
  const way = openWay(search);
  if (!way) {
    const candidates = chosen.toSorted((one, other) => one - other);
    if (question.accepts(candidates)) search.best = { candidates, loss: question.meter.loss() };
    return;
  }
  for (const candidate of way) {
    if (search.spent > question.budget) break;
    decided[candidate] = cut;
    chosen.push(candidate);
    question.meter.contain(candidate);
    if (!isHopeless(search)) branch(search);
    question.meter.undo();
    chosen.pop();
    decided[candidate] = kept;
  }
  for (const candidate of way) decided[candidate] = undecided;
}

/** Searches for the cut of least loss that holds every floor. The meter's things are the candidates; it is left as found. */
export function searchCuts(question: SearchQuestion): Found {
  if (question.ways.isOpen) return { isExact: true };
  const decided = new Uint8Array(question.ways.candidates.length);
  const search: Search = { question, decided, chosen: [], best: question.known, spent: 0 };
  branch(search);
  return { ...(search.best && { cut: search.best }), isExact: search.spent <= question.budget };
}
