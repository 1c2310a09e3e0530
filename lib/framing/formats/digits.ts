/**
 * Decimal numbers in headers, read digit by digit and never rounded.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PartList } from "../explain/part_list.ts";
import { addAnnounced, type HeaderReader } from "./announced.ts";
import type { Hint } from "../../errors.ts";
import { evidence, malformed, nameOf } from "../limits.ts";

const ZERO = 0x30;

/** How many digits a number of varying width may have: 2^64 has 20. */
export const MOST_DIGITS = 20;

/**
 * Tells whether a byte is a decimal digit.
 *
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
  queue: ReadableQueue,
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

/**
 * Adds the parts of a frame that begins with a number and one byte that ends it.
 *
 * @param end What that byte is called.
 */
export function addCounted(
  parts: PartList,
  frame: Uint8Array,
  reader: DigitsReader,
  end: string,
): void {
  addAnnounced(parts, frame, reader, (header) => {
    parts.add("length", header - 1, `length ${reader.size}`)
      .add("delimiter", 1, end);
  });
}

/** What a number looks like that ends with another byte than it should. */
const ENDS: ReadonlyMap<number, Hint> = new Map([
  [0x20, { text: "this looks like octet counting", framing: "octet-count" }],
  [0x3a, { text: "this looks like netstrings", framing: "netstring" }],
]);

/** Reads a header that is a number of varying width and one byte that ends it. */
export class DigitsReader implements HeaderReader {
  /** The number. */
  size: number | bigint = 0;
  readonly #end: number;
  readonly #zero: boolean;
  readonly #hints: ReadonlyMap<number, Hint>;

  /**
   * Creates a reader.
   *
   * @param end The byte that ends the number.
   * @param zero Whether the number may be `0`; no other begins with it.
   * @param hints What a wrong first byte looks like.
   */
  constructor(
    end: number,
    zero: boolean,
    hints: ReadonlyMap<number, Hint> = new Map(),
  ) {
    this.#hints = hints;
    this.#end = end;
    this.#zero = zero;
  }

  /**
   * Reads the header.
   *
   * @param queue The bytes, a frame's first one in front.
   * @returns Its size in bytes, or 0 when more are needed.
   * @throws {ProtocolError} At the first byte that fits no header.
   */
  read(queue: ReadableQueue): number {
    for (let at = 0;; at++) {
      if (!queue.has(at + 1)) return 0;
      const byte = queue.byte(at);
      if (byte === this.#end && at > 0) {
        this.size = readDigits(queue, 0, at);
        return at + 1;
      }
      const reason = this.#refusal(byte, at, queue.byte(0));
      if (reason !== undefined) {
        const hints = at === 0 ? this.#hints : ENDS;
        const hint = hints.get(byte);
        throw malformed(reason, evidence(queue, at + 1), hint);
      }
    }
  }

  #refusal(byte: number, at: number, first: number): string | undefined {
    const end = nameOf(this.#end);
    if (!isDigit(byte)) {
      return `its length must be digits and ${end}, and has ${
        nameOf(byte)
      } at position ${at + 1}`;
    }
    if (first === ZERO && (at > 0 || !this.#zero)) {
      return "its length must not begin with zero";
    }
    return at < MOST_DIGITS
      ? undefined
      : `its length has more than ${MOST_DIGITS} digits`;
  }
}
