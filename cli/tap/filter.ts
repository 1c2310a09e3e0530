/**
 * Which messages a tap shows: `--filter TEXT`, `--filter /RE/`, and `!` in front of
 * either to hide what matches.
 *
 * @module
 */

import { UsageError } from "../output/failure.ts";
import { parsePattern } from "../arguments/pattern.ts";

/** One filter. */
export interface Filter {
  /** Whether it hides what it matches; otherwise it shows it. */
  readonly hides: boolean;

  /** Whether it matches a message. */
  matches(message: Uint8Array): boolean;
}

/**
 * Reads a filter.
 *
 * @param typed What was typed.
 * @throws {UsageError} If it is empty, or is not a regular expression.
 */
export function parseFilter(typed: string): Filter {
  const hides = typed.startsWith("!");
  const wanted = hides ? typed.slice(1) : typed;
  if (wanted === "") {
    throw new UsageError(
      `"${typed}" looks for nothing; write a text, or /a regular expression/, with ! in front to hide what matches`,
    );
  }
  return { hides, matches: parsePattern(wanted) };
}

/** Whether a message is to be shown, as the filters say. */
export function passes(
  filters: readonly Filter[],
  message: Uint8Array,
): boolean {
  let hasShowing = false;
  let isShown = false;
  for (const filter of filters) {
    if (filter.hides && filter.matches(message)) return false;
    if (filter.hides) continue;
    hasShowing = true;
    isShown ||= filter.matches(message);
  }
  return isShown || !hasShowing;
}
