/**
 * "Did you mean": the known word nearest to a mistyped one.
 *
 * @module
 */

/**
 * Finds the known word nearest to a mistyped one.
 *
 * @param word What was typed.
 * @param known The words there are.
 * @returns ` (did you mean "..."?)`, or `""` if none is near.
 */
export function didYouMean(word: string, known: Iterable<string>): string {
  const typed = word.toLowerCase().slice(0, 64);
  let best: string | undefined;
  // A third of the letters may be wrong, and two in any case.
  let least = Math.max(2, Math.ceil(typed.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(typed, candidate);
    if (edits < least && edits < candidate.length) {
      best = candidate;
      least = edits;
    }
  }
  return best === undefined ? "" : ` (did you mean "${best}"?)`;
}

/** Levenshtein's distance: insertions, deletions and substitutions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced));
    }
    row = next;
  }
  return row[b.length]!;
}
