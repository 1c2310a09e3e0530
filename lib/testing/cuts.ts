/**
 * The ways in which a network may cut a stream.
 *
 * @module
 */

/** Places where a stream is cut, in ascending order. */
export type Cuts = readonly number[];

// Of a stream longer than that, in bytes, pairs of cuts are drawn instead of all
// being tried; and so many of them.
const EVERY_PAIR = 48;
const DRAWN_PAIRS = 300;
const MOST_SINGLES = 1024;

/**
 * Makes a generator of numbers that are the same for the same seed.
 *
 * @param seed Any integer.
 * @returns A function that gives an integer from 0 up to, but not including, its
 * argument.
 */
export function randomNumbers(seed: number): (below: number) => number {
  // Mulberry32: a few lines, and even enough for choosing cuts.
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor(((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32 * below);
  };
}

/**
 * Lists all cuts into single bytes, into two pieces and, of a short stream, into
 * three.
 *
 * @param size Size of the stream in bytes.
 * @param random Draws the cuts of a stream that is too long to try all.
 * @returns The cuts; the uncut stream is not among them.
 */
export function* allCuts(
  size: number,
  random: (below: number) => number,
): Generator<Cuts> {
  yield* singleCuts(size, random);
  if (size > EVERY_PAIR) {
    for (let i = 0; i < DRAWN_PAIRS; i++) {
      const a = random(size);
      const b = random(size);
      yield a < b ? [a, b] : [b, a];
    }
    return;
  }
  for (let a = 1; a < size; a++) {
    for (let b = a + 1; b < size; b++) yield [a, b];
  }
}

/**
 * Lists the cut into single bytes and all cuts into two pieces.
 *
 * @param size Size of the stream in bytes.
 * @param random Draws the cuts if there are more than `most`.
 * @param most How many cuts into two pieces at most.
 */
export function* singleCuts(
  size: number,
  random: (below: number) => number,
  most: number = MOST_SINGLES,
): Generator<Cuts> {
  if (size < 2) return;
  yield Array.from({ length: size - 1 }, (_, i) => i + 1);
  if (size - 1 > most) {
    for (let i = 0; i < most; i++) yield [1 + random(size - 1)];
    return;
  }
  for (let at = 1; at < size; at++) yield [at];
}

/**
 * Cuts a stream.
 *
 * @returns The pieces, each with a buffer of its own.
 */
export function cut(bytes: Uint8Array, cuts: Cuts): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const at of cuts) {
    pieces.push(bytes.slice(from, at));
    from = at;
  }
  pieces.push(bytes.slice(from));
  return pieces;
}

/**
 * Describes cuts for a person.
 *
 * @returns Where they are.
 */
export function describeCuts(cuts: Cuts): string {
  if (cuts.length === 0) return "uncut";
  if (cuts.length <= 3) return `cut at ${cuts.join(" and ")}`;
  return "cut into single bytes";
}
