// "Did you mean …": the known word that a mistyped one is nearest to, so that an error comes with its remedy.

/** The number of letters to insert, leave out, change or swap with their neighbour, to come from one word to the other. */
export function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const changed = (previous[column - 1] ?? 0) + (same ? 0 : 1);
      const cheapest = Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, changed);
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(swapped ? Math.min(cheapest, (before[column - 2] ?? 0) + 1) : cheapest);
    }
    before = previous;
    previous = current;
  }
  return previous[to.length] ?? 0;
}

/** The nearest of the known words, undefined when none is near. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const [best] = known
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((one, other) => one.distance - other.distance);
  if (best !== undefined) return best.candidate;
  return word.length < 2 ? undefined : known.find((candidate) => candidate.startsWith(word));
}
