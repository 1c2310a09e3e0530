/**
 * Which messages a tap shows: `--filter TEXT`, `--filter /RE/`, and `!` in front of
 * either to hide what matches.
 *
 * @module
 */

import { TimeoutError } from "../../lib/start.ts";
import { parsePattern, type Pattern } from "../arguments/pattern.ts";
import { UsageError } from "../output/failure.ts";

/** One filter. */
export interface Filter {
  /** As it was typed. */
  readonly typed: string;

  /** Whether it hides what it matches; otherwise it shows it. */
  readonly hides: boolean;

  /** Whether it matches a message. */
  readonly matches: Pattern;
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
  return { typed, hides, matches: parsePattern(wanted) };
}

/** The filters of a display. One that takes too long is left out from then on. */
export class Filters {
  readonly #filters: Filter[];
  readonly #onGivenUp: (filter: Filter, error: TimeoutError) => void;

  /**
   * @param onGivenUp Called once for each filter that is left out, with the reason.
   */
  constructor(
    filters: readonly Filter[],
    onGivenUp: (filter: Filter, error: TimeoutError) => void,
  ) {
    this.#filters = [...filters];
    this.#onGivenUp = onGivenUp;
  }

  /** Whether every message passes. */
  get isEmpty(): boolean {
    return this.#filters.length === 0;
  }

  /** Whether a message is to be shown, as the filters say. */
  passes(message: Uint8Array): boolean {
    let hasShowing = false;
    let isShown = false;
    // What is left out is taken off the list meanwhile.
    for (const filter of [...this.#filters]) {
      if (isShown && !filter.hides) continue;
      const isMatch = this.#matches(filter, message);
      if (isMatch === undefined) continue;
      if (filter.hides && isMatch) return false;
      if (filter.hides) continue;
      hasShowing = true;
      isShown = isMatch;
    }
    return isShown || !hasShowing;
  }

  #matches(filter: Filter, message: Uint8Array): boolean | undefined {
    try {
      return filter.matches(message);
    } catch (error) {
      if (!(error instanceof TimeoutError)) throw error;
      this.#filters.splice(this.#filters.indexOf(filter), 1);
      this.#onGivenUp(filter, error);
      return undefined;
    }
  }
}
