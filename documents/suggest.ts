/** The nearest of several names, where it is near enough to be meant; ties go to the first in alphabetical order. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of [...candidates].toSorted()) {
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(word, candidate);
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** `did you mean "member-data"?`, or nothing where no candidate is near. */
export function didYouMean(word: string, candidates: Iterable<string>): { readonly hint?: string } {
  if (word.length > 120) return {};
  const name = nearest(word, candidates);
  return name === undefined ? {} : { hint: `did you mean "${name}"?` };
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment distance). */
function editDistance(a: string, b: string): number {
  let previous: readonly number[] = [];
  let current: readonly number[] = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next[column] = Math.min(
        (current[column] ?? 0) + 1,
        (next[column - 1] ?? 0) + 1,
        (current[column - 1] ?? 0) + cost,
        swapped ? (previous[column - 2] ?? 0) + 1 : Infinity,
      );
    }
    [previous, current] = [current, next];
  }
  return current[b.length] ?? 0;
}
