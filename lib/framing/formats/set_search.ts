/**
 * Finds one of several delimiters, looking at each byte of a stream once.
 *
 * ```text
 * looking for "\n" or "\r\n" in   a \r \n
 * "\n" fits                       0 0  1      both end here: the longer one counts
 * "\r\n" fits                     0 1  2
 * ```
 *
 * The delimiter that is complete first ends the message. So no delimiter can be
 * found that has another one in it, except at its end.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionTypeError } from "../../check.ts";
import { escape } from "../grammar/escapes.ts";
import { fallbacks, type Finder } from "./search.ts";

/** One delimiter, and how many of its bytes fit the last bytes of the stream. */
interface Wanted {
  readonly bytes: Uint8Array;
  readonly fallback: Uint16Array;
  fits: number;
}

/** A search through the bytes of one stream for one of several sequences. */
export class SetSearch implements Finder {
  found = 0;
  readonly #wanted: readonly Wanted[];
  #scanned = 0;

  /**
   * Prepares a search.
   *
   * @param delimiters What to look for, longer ones first; see {@linkcode sorted}.
   */
  constructor(delimiters: readonly Uint8Array[]) {
    this.#wanted = delimiters.map((bytes) => ({
      bytes,
      fallback: fallbacks(bytes),
      fits: 0,
    }));
  }

  get earliest(): number {
    return this.#scanned - Math.max(...this.#wanted.map(({ fits }) => fits));
  }

  drop(queue: ReadableQueue): void {
    const count = this.earliest;
    queue.skip(count);
    this.#scanned -= count;
  }

  find(queue: ReadableQueue): number {
    const length = queue.gather();
    while (this.#scanned < length) {
      const value = queue.byte(this.#scanned++);
      for (const wanted of this.#wanted) {
        step(wanted, value);
        if (wanted.fits < wanted.bytes.length) continue;
        const begin = this.#scanned - wanted.fits;
        this.found = wanted.fits;
        this.#scanned = 0;
        for (const each of this.#wanted) each.fits = 0;
        return begin;
      }
    }
    return -1;
  }
}

function step(wanted: Wanted, value: number): void {
  const { bytes, fallback } = wanted;
  let { fits } = wanted;
  while (fits > 0 && bytes[fits] !== value) fits = fallback[fits]!;
  wanted.fits = bytes[fits] === value ? fits + 1 : 0;
}

/**
 * Puts delimiters in the order in which a search looks for them.
 *
 * @throws {TypeError} If one of them can never be found.
 */
export function sorted(delimiters: readonly Uint8Array[]): Uint8Array[] {
  for (const [i, one] of delimiters.entries()) {
    for (const [j, other] of delimiters.entries()) {
      const at = i === j ? -1 : firstEnd(one, other);
      const isHidden = at !== -1 &&
        (at < one.length || one.length === other.length);
      if (!isHidden) continue;
      throw new OptionTypeError({
        action: `use the delimiters "${escape(one)}" and "${escape(other)}"`,
        reason: one.length === other.length
          ? "they are the same"
          : `the second one is complete before the first one, which would never be found`,
      });
    }
  }
  return delimiters.toSorted((a, b) => b.length - a.length);
}

/** Where the first occurrence of bytes in others ends, or -1. */
function firstEnd(bytes: Uint8Array, other: Uint8Array): number {
  for (let end = other.length; end <= bytes.length; end++) {
    const from = end - other.length;
    if (other.every((value, i) => bytes[from + i] === value)) return end;
  }
  return -1;
}
