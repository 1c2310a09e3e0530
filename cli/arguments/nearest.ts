/**
 * "Did you mean", in the words of the command line.
 *
 * @module
 */

import { nearest } from "../../lib/nearest.ts";

/**
 * Names the known word nearest to a mistyped one, to be written after a refusal.
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
  const best = nearest(word, known);
  if (best === undefined) return "";
  const named = before === undefined ? `"${best}"` : before + best;
  return ` (did you mean ${named}?)`;
}
