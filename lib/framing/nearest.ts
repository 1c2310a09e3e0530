/**
 * "Did you mean": the known word that is nearest to a mistyped one.
 *
 * @module
 */

/**
 * Finds the known word nearest to a mistyped one.
 *
 * @param word What was typed.
 * @param known The words there are.
 * @returns The nearest, or `undefined` if none is near.
 */
export function nearest(
  word: string,
  known: Iterable<string>,
): string | undefined {
  const typed = word.toLowerCase().slice(0, 64);
  let best: string | undefined;
  let least = Math.max(2, Math.ceil(typed.length / 3)) + 1;
  for (const candidate of known) {
    // A word that was left unfinished is a near one.
    const begun = typed.length > 2 && candidate.startsWith(typed);
    const far = begun ? 1 : distance(typed, candidate);
    if (far < least && far < candidate.length) {
      best = candidate;
      least = far;
    }
  }
  return best;
}

/** Levenshtein's distance: insertions, deletions and substitutions. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(
        row[j]! + 1,
        next[j - 1]! + 1,
        row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1),
      ));
    }
    row = next;
  }
  return row[b.length]!;
}
