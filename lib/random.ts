/**
 * Random numbers that a seed determines, so that a run can be repeated.
 *
 * @module
 */

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export type Random = () => number;

/**
 * Starts a sequence of random numbers.
 *
 * @param seed An integer; its lower 32 bits count.
 * @returns The sequence.
 */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Starts another sequence that the first one determines.
 *
 * @param random The first sequence; one number is taken from it.
 * @returns The other.
 */
export function fork(random: Random): Random {
  return seeded(random() * 2 ** 32);
}

// The golden ratio in 32 bits: numbers that follow each other become far apart.
const SPREAD = 0x9e3779b1;

/**
 * Starts the sequence of a seed and a path, such as a fault's index, a connection's
 * number and a direction: what is drawn elsewhere does not change it.
 *
 * @param seed An integer; its lower 32 bits count.
 * @param path Integers.
 * @returns The sequence.
 */
export function drawsOf(seed: number, ...path: readonly number[]): Random {
  let random = seeded(seed);
  for (const step of path) {
    random = seeded((random() * 2 ** 32) ^ Math.imul(step, SPREAD));
  }
  return random;
}
