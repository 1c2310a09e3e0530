/**
 * What is random in a fault. Every fault draws from a sequence of its own for each
 * connection and direction, so that no other fault and no timing changes it.
 *
 * @module
 */

import { type Random, seeded } from "../../random.ts";

// The golden ratio in 32 bits: numbers that follow each other become far apart.
const SPREAD = 0x9e3779b1;

/**
 * Starts the sequence of a seed and a path: the fault's index, the connection, the
 * direction.
 */
export function drawsOf(seed: number, ...path: readonly number[]): Random {
  let random = seeded(seed);
  for (const step of path) {
    random = seeded((random() * 2 ** 32) ^ Math.imul(step, SPREAD));
  }
  return random;
}

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
