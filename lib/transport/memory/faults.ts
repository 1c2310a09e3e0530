/**
 * Faults of a connection in memory, decided in advance.
 *
 * Nothing here depends on the time of a call. Cuts are positions in the stream,
 * and each kind of fault has random numbers of its own. So the same bytes are
 * cut in the same places, whatever the timing.
 *
 * @module
 */

import { checkInteger } from "../../check.ts";
import type { Random } from "../../random.ts";

/**
 * How a stream is cut: a number for a cut every so many bytes (1 is byte by
 * byte), a list for pieces of these sizes and no cut after them, `"random"` for
 * pieces of 1 to 65,536 bytes, small ones as likely as large ones.
 */
export type MemoryPieces = number | readonly number[] | "random";

/** A fixed amount, or one between two bounds, both included. */
export type MemoryDelay = number | readonly [least: number, most: number];

/** Faults in one direction; without any, bytes arrive at once and whole. */
export interface MemoryFaults {
  /**
   * How long a read waits, in milliseconds, once bytes have arrived; also
   * before the end and a reset.
   *
   * @default {0}
   */
  readonly delayMs?: MemoryDelay;
  /**
   * The same in turns of the event loop, before `delayMs` begins. Without a
   * delay a read may settle before the event loop has turned.
   *
   * @default {0}
   */
  readonly delayTurns?: MemoryDelay;
  /**
   * After how many bytes the reader sees the end of the stream, as if the
   * writer had finished there. Later bytes are accepted and lost.
   *
   * @default {Infinity}
   */
  readonly endAfterBytes?: number;
  /**
   * Where reads are cut: no read gives bytes from both sides of a cut.
   *
   * @default {[]}
   */
  readonly readBytes?: MemoryPieces;
  /**
   * After how many bytes the connection is reset. The reader still gets these
   * bytes; after them every read and write at either end fails.
   *
   * @default {Infinity}
   */
  readonly resetAfterBytes?: number;
  /**
   * Where writes are cut: no write takes bytes from both sides of a cut.
   *
   * @default {[]}
   */
  readonly writeBytes?: MemoryPieces;
}

// The longest time of setTimeout in milliseconds, and more bytes than a test
// sends.
const MOST = 2 ** 31 - 1;

/** The pieces of one stream, in order. */
export class Pieces {
  readonly #sizes: MemoryPieces;
  readonly #random: Random;
  #next = 0;
  // Bytes up to the next cut.
  #left = 0;

  /**
   * Creates the pieces.
   *
   * @param name What to call the option in an error.
   * @param sizes The option.
   * @param random Where random sizes come from.
   * @throws {RangeError} If a size is not an integer of at least 1.
   */
  constructor(name: string, sizes: MemoryPieces = [], random: Random) {
    const fixed = typeof sizes === "number" ? [sizes] : sizes;
    if (fixed !== "random") {
      for (const size of fixed) checkInteger(name, size, 1, MOST);
    }
    this.#sizes = sizes;
    this.#random = random;
  }

  /**
   * Takes bytes without crossing a cut.
   *
   * @param atMost How many are wanted, at least 1.
   * @returns How many there are before the next cut, at least 1.
   */
  take(atMost: number): number {
    if (this.#left === 0) this.#left = this.#draw();
    const taken = Math.min(atMost, this.#left);
    this.#left -= taken;
    return taken;
  }

  #draw(): number {
    if (typeof this.#sizes === "number") return this.#sizes;
    if (this.#sizes !== "random") return this.#sizes[this.#next++] ?? Infinity;
    const most = 2 ** Math.floor(this.#random() * 17);
    return 1 + Math.floor(this.#random() * most);
  }
}

/**
 * Checks a delay.
 *
 * @param name What to call the option in an error.
 * @param delay The option.
 * @param random Where a delay between two bounds comes from.
 * @returns A function that gives one delay after the other, as integers.
 * @throws {RangeError} If it is not from 0 to 2^31-1, or the bounds are
 * swapped.
 */
export function delays(
  name: string,
  delay: MemoryDelay = 0,
  random: Random,
): () => number {
  const [least, most] = typeof delay === "number" ? [delay, delay] : delay;
  checkInteger(name, least, 0, MOST);
  checkInteger(name, most, least, MOST);
  return least === most
    ? () => least
    : () => least + Math.floor(random() * (most - least + 1));
}

/**
 * Checks a place in the stream.
 *
 * @param name What to call the option in an error.
 * @param bytes The option.
 * @returns The place, `Infinity` for nowhere.
 * @throws {RangeError} If it is not an integer of at least 0.
 */
export function place(name: string, bytes: number = Infinity): number {
  return bytes === Infinity ? bytes : checkInteger(name, bytes, 0, MOST);
}
