/**
 * Checks options: numbers, sizes, durations, and one of a few words.
 *
 * A check throws a `RangeError` or a `TypeError`, as for every mistake of the
 * caller. The error carries its parts as data, so that a command line can name
 * its own flag without reading a text.
 *
 * @module
 */

import { describeError, type ErrorParts, setParts } from "./errors.ts";

/** A value is outside its range. */
export class OptionRangeError extends RangeError implements ErrorParts {
  declare readonly action: string | undefined;
  declare readonly address: string | undefined;
  declare readonly reason: string;
  declare readonly option: string | undefined;
  declare readonly value: unknown;
  declare readonly advice: string | undefined;

  constructor(parts: ErrorParts) {
    super(describeError(parts));
    setParts(this, parts);
  }
}

/** A value is of the wrong kind, or options contradict each other. */
export class OptionTypeError extends TypeError implements ErrorParts {
  declare readonly action: string | undefined;
  declare readonly address: string | undefined;
  declare readonly reason: string;
  declare readonly option: string | undefined;
  declare readonly value: unknown;
  declare readonly advice: string | undefined;
  declare readonly framing?: string;

  constructor(parts: ErrorParts & ErrorOptions) {
    super(
      describeError(parts),
      "cause" in parts ? { cause: parts.cause } : undefined,
    );
    setParts(this, parts);
  }
}

/**
 * Checks a finite integer.
 *
 * @param least The smallest value that is accepted.
 * @param most The largest value that is accepted, if there is a largest.
 * @throws {RangeError} If it is not an integer between the bounds.
 */
export function checkInteger(
  option: string,
  value: number,
  least: number,
  most?: number,
): number {
  const largest = most ?? Number.MAX_SAFE_INTEGER;
  if (Number.isInteger(value) && value >= least && value <= largest) {
    return value;
  }
  const bounds = most === undefined
    ? `of at least ${least}`
    : `from ${least} to ${most}`;
  throw outOfRange(option, value, `an integer ${bounds}`);
}

/**
 * Checks a size in bytes or a count. `Infinity` is accepted.
 *
 * @param least The smallest value that is accepted.
 * @throws {RangeError} If it is neither an integer from `least` up nor
 * `Infinity`.
 */
export function checkSize(option: string, value: number, least = 0): number {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= least)) {
    return value;
  }
  throw outOfRange(
    option,
    value,
    `an integer of at least ${least}, or Infinity`,
  );
}

/**
 * Checks a finite number with a lower bound.
 *
 * @param least The smallest value that is accepted.
 * @throws {RangeError} If it is not finite, or smaller.
 */
export function checkNumber(
  option: string,
  value: number,
  least: number,
): number {
  if (Number.isFinite(value) && value >= least) return value;
  throw outOfRange(option, value, `a number of at least ${least}`);
}

/**
 * Checks a duration in milliseconds. `Infinity` is accepted.
 *
 * @param accepts Whether 0 is accepted too, for "do not wait".
 * @throws {RangeError} If it is negative, `NaN`, or 0 where that is refused.
 */
export function checkDuration(
  option: string,
  value: number,
  accepts: "above 0" | "0 or above" = "above 0",
): number {
  if (value > 0 || (value === 0 && accepts === "0 or above")) return value;
  throw outOfRange(
    option,
    value,
    `a number of milliseconds ${accepts}, or Infinity`,
  );
}

/**
 * Checks an option that is one of a few words.
 *
 * @param words The words that are accepted.
 * @throws {TypeError} If it is another.
 */
export function checkOneOf<const W extends string>(
  option: string,
  value: string,
  words: readonly W[],
): W {
  if ((words as readonly string[]).includes(value)) return value as W;
  const quoted = words.map((word) => JSON.stringify(word));
  const last = quoted.pop();
  const before = quoted.length === 0 ? "" : `${quoted.join(", ")} or `;
  throw new OptionTypeError({
    action: "use",
    option,
    value,
    reason: `it must be ${before}${last}`,
  });
}

/**
 * The error for a value that is outside its range.
 *
 * @param wanted What it must be, such as "an integer from 1 to 10".
 * @returns The error, to be thrown.
 */
export function outOfRange(
  option: string,
  value: unknown,
  wanted: string,
): RangeError {
  return new OptionRangeError({
    action: "use",
    option,
    value,
    reason: `it must be ${wanted}`,
  });
}
