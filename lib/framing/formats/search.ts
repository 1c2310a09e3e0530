/**
 * Finds a delimiter of several bytes, looking at each byte of a stream once.
 *
 * ```text
 * looking for "aab" in   a a a b
 * after each byte        1 2 2 3     bytes of the delimiter that fit so far
 * ```
 *
 * This is the search of Knuth, Morris and Pratt. What makes it right here is
 * that the number above is all there is to remember between two chunks, however
 * the delimiter is cut.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";

// So many near misses in one message, and joining byte by byte is dearer than
// joining everything that is here.
const PATIENCE = 8;

/** Finds the end of a message: one sequence of bytes, or one of several. */
export interface Finder {
  /** Size in bytes of what was found last. */
  readonly found: number;
  /** Where it can begin at the earliest, once `find` has returned -1. */
  readonly earliest: number;
  /** Drops the bytes in which it does not begin. */
  drop(queue: ReadableQueue): void;
  /** Looks through the bytes that have come; see {@linkcode Search.find}. */
  find(queue: ReadableQueue): number;
}

/** A search through the bytes of one stream for one sequence. */
export class Search implements Finder {
  readonly found: number;
  readonly #wanted: Uint8Array;
  /** Where to go on in #wanted if the byte after that many does not fit. */
  readonly #fallback: Uint16Array;
  #scanned = 0;
  #fits = 0;

  /**
   * Prepares a search.
   *
   * @param wanted What to look for, 1 to 65,535 bytes.
   */
  constructor(wanted: Uint8Array) {
    this.found = wanted.length;
    this.#wanted = wanted;
    this.#fallback = fallbacks(wanted);
  }

  /**
   * Where the sequence can begin at the earliest, counted from the front, once
   * {@linkcode Search.find} has returned -1.
   */
  get earliest(): number {
    return this.#scanned - this.#fits;
  }

  /**
   * Drops the bytes in which the sequence does not begin, and goes on with the
   * rest.
   *
   * @param queue The bytes; {@linkcode Search.find} has just returned -1.
   */
  drop(queue: ReadableQueue): void {
    const count = this.earliest;
    queue.skip(count);
    this.#scanned -= count;
  }

  /**
   * Looks through the bytes that have come since the last call.
   *
   * @param queue The bytes; none may have been taken since the last call that
   * returned -1.
   * @returns Where the sequence begins, counted from the front, or -1. After it
   * was found the next call begins at the front again.
   */
  find(queue: ReadableQueue): number {
    const wanted = this.#wanted;
    const { length } = wanted;
    for (let misses = 0;;) {
      if (this.#fits === 0) {
        const at = queue.indexOf(wanted[0]!, this.#scanned);
        if (at === -1) {
          this.#scanned = queue.length;
          return -1;
        }
        this.#scanned = at + 1;
        this.#fits = 1;
        if (++misses === PATIENCE) queue.gather();
      }
      while (this.#fits > 0) {
        if (this.#fits === length) {
          const begin = this.#scanned - length;
          this.#scanned = 0;
          this.#fits = 0;
          return begin;
        }
        if (!queue.has(this.#scanned + 1)) return -1;
        this.#step(queue.byte(this.#scanned++));
      }
    }
  }

  #step(value: number): void {
    let fits = this.#fits;
    while (fits > 0 && this.#wanted[fits] !== value) {
      fits = this.#fallback[fits]!;
    }
    this.#fits = this.#wanted[fits] === value ? fits + 1 : 0;
  }
}

/** For each count of fitting bytes: how many still fit after dropping some. */
export function fallbacks(wanted: Uint8Array): Uint16Array {
  const fallback = new Uint16Array(wanted.length);
  let fits = 0;
  for (let i = 1; i + 1 < wanted.length; i++) {
    while (fits > 0 && wanted[fits] !== wanted[i]) fits = fallback[fits]!;
    if (wanted[fits] === wanted[i]) fits++;
    fallback[i + 1] = fits;
  }
  return fallback;
}
