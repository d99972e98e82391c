/** Targets that stand and fall together: those of the same candidates. */
export interface TargetGroup {
  /** Positions of the candidates whose leaving out leaves the group out; ascending. */
  readonly touches: readonly number[];
}

/** What can be left out, and a way to ask about plans that leave some of it out. */
export interface LeaveOutQuestion {
  readonly candidates: number;
  readonly groups: readonly TargetGroup[];
  /** Takes one more group into the plan. */
  readonly take: (group: number) => void;
  /** Takes the last group out of it again. */
  readonly undo: () => void;
  /** True while nothing speaks against what was taken; once false, taking more never makes it true. */
  readonly isClean: () => boolean;
}

/** Pairs are tried among at most so many candidates: 66 of them. Beyond that only sets made smaller step by step. */
const mostPaired = 12;

function takeAll({ take }: LeaveOutQuestion, groups: readonly number[]): void {
  for (const group of groups) take(group);
}

function undoAll({ undo }: LeaveOutQuestion, groups: readonly number[]): void {
  for (const _ of groups) undo();
}

function touchesIn({ touches }: TargetGroup, from: number, to: number): boolean {
  return touches.some((candidate) => candidate >= from && candidate < to);
}

/**
 * Candidates each of which is enough to leave out. Halves them again and again, taking what touches the other half alone:
 * every group is taken some log n times instead of n.
 */
function singles(question: LeaveOutQuestion): readonly number[] {
  const found: number[] = [];
  const all = [...question.groups.keys()];
  const among = (from: number, to: number, open: readonly number[]): void => {
    if (!question.isClean()) return;
    if (to - from === 1) {
      found.push(from);
      return;
    }
    const middle = (from + to) >> 1;
    for (const [low, high] of [
      [from, middle],
      [middle, to],
    ] as const) {
      const isOpen = (group: number): boolean => touchesIn(question.groups[group] ?? { touches: [] }, low, high);
      const taken = open.filter((group) => !isOpen(group));
      takeAll(question, taken);
      among(low, high, open.filter(isOpen));
      undoAll(question, taken);
    }
  };
  if (question.candidates > 0) among(0, question.candidates, all);
  return found;
}

function isCleanWithout(question: LeaveOutQuestion, left: ReadonlySet<number>): boolean {
  const taken = [...question.groups.keys()].filter(
    (group) => !question.groups[group]?.touches.some((candidate) => left.has(candidate)),
  );
  takeAll(question, taken);
  const isClean = question.isClean();
  undoAll(question, taken);
  return isClean;
}

function pairs(question: LeaveOutQuestion): readonly (readonly number[])[] {
  const found: (readonly number[])[] = [];
  for (let one = 0; one < question.candidates; one += 1) {
    for (let other = one + 1; other < question.candidates; other += 1) {
      if (isCleanWithout(question, new Set([one, other]))) found.push([one, other]);
    }
  }
  return found;
}

/** Takes candidates back in one by one, in the order given, as long as the plan stays clean: none of what is left is needless. */
function shrunk(question: LeaveOutQuestion, order: readonly number[]): readonly number[] {
  const left = new Set(order);
  const isFree = (group: TargetGroup): boolean => !group.touches.some((candidate) => left.has(candidate));
  const taken = new Set<number>();
  const groupsOf = new Map(order.map((candidate) => [candidate, [] as number[]]));
  for (const [group, { touches }] of question.groups.entries()) {
    for (const candidate of touches) groupsOf.get(candidate)?.push(group);
  }
  for (const candidate of order) {
    left.delete(candidate);
    const freed = (groupsOf.get(candidate) ?? []).filter((group) => isFree(question.groups[group] ?? { touches: [] }));
    takeAll(question, freed);
    if (question.isClean()) for (const group of freed) taken.add(group);
    else {
      undoAll(question, freed);
      left.add(candidate);
    }
  }
  undoAll(question, [...taken]);
  return [...left].sort((one, other) => one - other);
}

/**
 * Sets of candidates to leave out: every single one that is enough; else, among few, every pair; else sets of which none is
 * needless, as few as can be found. Smallest first, none twice.
 */
export function leaveOutSets(question: LeaveOutQuestion): readonly (readonly number[])[] {
  const one = singles(question);
  if (one.length > 0 || question.candidates < 2) return one.map((candidate) => [candidate]);
  const two = question.candidates <= mostPaired ? pairs(question) : [];
  if (two.length > 0) return two;
  const order = Array.from({ length: question.candidates }, (_, index) => index);
  if (!isCleanWithout(question, new Set(order))) return [];
  const sets = [order, order.toReversed()].map((each) => shrunk(question, each));
  return [...new Map(sets.map((set) => [set.join(), set])).values()].sort((a, b) => a.length - b.length);
}
