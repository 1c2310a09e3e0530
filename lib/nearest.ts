/**
 * "Did you mean": the known word that is nearest to a mistyped one.
 *
 * @module
 */

import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * Finds the known word nearest to a mistyped one.
 *
 * @param word What was typed.
 * @param known The words there are.
 * @returns The nearest, or `undefined` if every one is too far.
 */
export function nearest(
  word: string,
  known: Iterable<string>,
): string | undefined {
  const typed = word.toLowerCase().slice(0, 64);
  let best: string | undefined;
  // A third of the letters may be wrong, and two that changed places count twice:
  // a wrong suggestion misleads more than a missing one.
  let least = Math.ceil(typed.length / 3) + 1;
  for (const candidate of known) {
    // A word that was left unfinished is a near one.
    const begun = typed.length > 2 && candidate.startsWith(typed);
    const far = begun ? 1 : levenshteinDistance(typed, candidate);
    if (far < least && far < candidate.length) {
      best = candidate;
      least = far;
    }
  }
  return best;
}
