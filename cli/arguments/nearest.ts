/**
 * "Did you mean": the known word nearest to a mistyped one.
 *
 * @module
 */

import { levenshteinDistance } from "@std/text/levenshtein-distance";

/**
 * Finds the known word nearest to a mistyped one. Only a near one is named: a
 * wrong suggestion is worse than none.
 *
 * @param word What was typed.
 * @param before The prefix of each word; without it the words are quoted.
 * @returns ` (did you mean "..."?)`, or `""` if none is near.
 */
export function didYouMean(
  word: string,
  known: Iterable<string>,
  before?: string,
): string {
  const typed = word.toLowerCase().slice(0, 64);
  let best: string | undefined;
  // A third of the letters may be wrong. Two letters changed places count
  // twice.
  let least = Math.ceil(typed.length / 3) + 1;
  for (const candidate of known) {
    const edits = levenshteinDistance(typed, candidate);
    if (edits < least && edits < candidate.length) {
      best = candidate;
      least = edits;
    }
  }
  if (best === undefined) return "";
  const named = before === undefined ? `"${best}"` : before + best;
  return ` (did you mean ${named}?)`;
}
