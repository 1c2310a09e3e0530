/**
 * Values of options that are neither sizes nor durations.
 *
 * @module
 */

import { UsageError } from "../output/failure.ts";
import { didYouMean } from "./nearest.ts";
import type { WordParser } from "./option.ts";

/**
 * Makes a reader of one of several words.
 *
 * @typeParam W The words.
 * @returns A function that gives the word or throws {@linkcode UsageError}.
 */
export function oneOf<const W extends string>(
  words: readonly W[],
): WordParser<W> {
  const read = (text: string) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    throw new UsageError(
      `there is no "${text}"${didYouMean(text, words)}; write ${
        words.slice(0, -1).join(", ")
      } or ${words.at(-1)}`,
    );
  };
  return Object.assign(read, { words });
}

/** Takes a text as it is. */
export function asTyped(text: string): string {
  return text;
}

/**
 * Reads a count.
 *
 * @param text A whole number of at least 1.
 * @throws {UsageError} If it is anything else.
 */
export function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (count >= 1 && count <= Number.MAX_SAFE_INTEGER) return count;
  throw new UsageError(`"${text}" is not a whole number of at least 1`);
}

/**
 * Reads a count that can be 0.
 *
 * @throws {UsageError} If it is anything else.
 */
export function parseWhole(text: string): number {
  if (text === "0") return 0;
  return parseCount(text);
}

/**
 * Reads the permissions of a file.
 *
 * @param text Three octal digits, as `chmod` takes them.
 * @throws {UsageError} If it is anything else.
 */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return parseInt(text, 8);
  throw new UsageError(
    `"${text}" is not a mode; write three octal digits as for chmod, such as 600 or 660`,
  );
}
