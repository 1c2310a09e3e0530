/**
 * Where bytes are cut before they are written.
 *
 * @module
 */

import { UsageError } from "../../output/failure.ts";
import { didYouMean } from "../../arguments/nearest.ts";

/** How bytes are cut: in pieces of so many bytes, or at random. */
export type Cut = number | "random";

/**
 * Reads a `--cut`.
 *
 * @throws {UsageError} If it is neither a word nor a count.
 */
export function parseCut(text: string): Cut {
  if (text === "bytewise") return 1;
  if (text === "random") return "random";
  const bytes = /^\d+$/.test(text) ? Number(text) : 0;
  if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(
    `there is no cut "${text}"${
      didYouMean(text, ["bytewise", "random"])
    }; write bytewise, random, or how many bytes each piece has`,
  );
}

/** The largest piece at random. */
const MOST_RANDOM_BYTES = 64;

/**
 * Cuts bytes.
 *
 * @param random Gives numbers from 0 to 1, without 1.
 * @returns The pieces, which are views.
 */
export function* piecesOf(
  bytes: Uint8Array,
  cut: Cut | undefined,
  random: () => number,
): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length;) {
    const size = cut === undefined
      ? bytes.length
      : cut === "random"
      ? 1 + Math.floor(random() * MOST_RANDOM_BYTES)
      : cut;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
