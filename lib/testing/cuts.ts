/**
 * The ways in which a network may cut a stream.
 *
 * @module
 */

import { seeded } from "../random.ts";

/** Places where a stream is cut, in ascending order. */
export type Cuts = readonly number[];

// Of a stream longer than that, in bytes, pairs of cuts are drawn instead of all
// being tried; and so many of them.
const EVERY_PAIR = 48;
const DRAWN_PAIRS = 300;
const MOST_SINGLES = 1024;
// Bytes decoded for one stream: two samples of 200 KB take seconds, not minutes.
const MOST_WORK = 512 * 1024;
const LEAST_TRIES = 4;
// A stream longer than this is cut into so many pieces, not into single bytes.
const MOST_PIECES = 4096;

/**
 * How often to try a stream of some size.
 *
 * @param size Its size in bytes.
 * @param most For a short one.
 * @returns Fewer for a long one, so that the work is bounded.
 */
export function triesFor(size: number, most: number): number {
  return Math.min(
    most,
    Math.max(LEAST_TRIES, Math.floor(MOST_WORK / (size + 1))),
  );
}

/**
 * Makes a generator of numbers that are the same for the same seed.
 *
 * @param seed Any integer.
 * @returns A function that gives an integer from 0 up to, but not including, its
 * argument.
 */
export function randomNumbers(seed: number): (below: number) => number {
  const random = seeded(seed);
  return (below) => Math.floor(random() * below);
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
    for (let i = triesFor(size, DRAWN_PAIRS); i > 0; i--) {
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
 * Lists the cut into single bytes, or small pieces of a long stream, and all cuts
 * into two pieces.
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
  const step = Math.ceil(size / MOST_PIECES);
  const pieces = Math.ceil(size / step);
  yield Array.from({ length: pieces - 1 }, (_, i) => (i + 1) * step);
  const tries = triesFor(size, most);
  if (size - 1 > tries) {
    for (let i = 0; i < tries; i++) yield [1 + random(size - 1)];
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
  const step = cuts[0]!;
  return step === 1 ? "cut into single bytes" : `cut every ${step} bytes`;
}
