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
