/**
 * Decimal numbers in headers, read digit by digit and never rounded.
 *
 * @module
 */

import type { ByteQueue } from "../bytes/byte_queue.ts";

const ZERO = 0x30;

/**
 * How many digits a number of varying width may have: 2^64 has 20, and a number
 * must be bounded before it is converted.
 */
export const MOST_DIGITS = 20;

/**
 * Tells whether a byte is a decimal digit.
 *
 * @param value The byte.
 * @returns Whether it is `0` to `9`.
 */
export function isDigit(value: number): boolean {
  return value >= ZERO && value <= ZERO + 9;
}

/**
 * Reads digits as a number.
 *
 * @param queue The bytes; those asked for must be here and digits.
 * @param from First digit, counted from the front.
 * @param to Position after the last digit.
 * @returns The number; a `bigint` above 2^53 - 1, where it would be rounded.
 */
export function readDigits(
  queue: ByteQueue,
  from: number,
  to: number,
): number | bigint {
  let value = 0;
  for (let at = from; at < to; at++) {
    value = value * 10 + queue.byte(at) - ZERO;
  }
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  let digits = "";
  for (let at = from; at < to; at++) {
    digits += String.fromCharCode(queue.byte(at));
  }
  return BigInt(digits);
}
