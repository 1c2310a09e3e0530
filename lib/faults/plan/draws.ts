/**
 * What is random in a fault. Every fault draws from a sequence of its own for each
 * connection and direction, so that no other fault and no timing changes it.
 *
 * @module
 */

import { drawsOf, type Random } from "../../random.ts";

/** The number of a place in a stream: the same however its bytes were cut. */
export function drawAt(random: number, offset: number): number {
  const high = Math.floor(offset / 2 ** 32);
  return drawsOf(random, high, offset % 2 ** 32)();
}

/**
 * The places that are chosen with a probability each, by the gaps between them: one
 * number for each place that is chosen, and none for the others.
 */
export class Gaps {
  /** The next place, from 0; `Infinity` if there is no other. */
  next: number;
  readonly #random: Random;
  readonly #probability: number;

  constructor(probability: number, random: Random) {
    this.#probability = probability;
    this.#random = random;
    this.next = this.#gap();
  }

  /** Goes on to the place behind. */
  advance(): void {
    this.next += 1 + this.#gap();
  }

  // A geometric distribution. 1 - u is above 0, so the logarithm is finite.
  #gap(): number {
    if (this.#probability >= 1) return 0;
    const u = 1 - this.#random();
    return Math.floor(Math.log(u) / Math.log1p(-this.#probability));
  }
}
