/**
 * The refusals that all framings share.
 *
 * A refusal shows the bytes it rests on and no others: how many more had
 * arrived at that time depends on the network's cuts, and the same bytes must
 * give the same error.
 *
 * @module
 */

import type { ReadableQueue } from "../bytes/readable_queue.ts";
import { OptionRangeError } from "../check.ts";
import { ProtocolError } from "../errors.ts";

/** How many bytes an error shows. */
export const SHOWN_BYTES = 16;

/**
 * The first bytes of a frame, to be shown in an error.
 *
 * @param queue The bytes, the frame's first ones in front.
 * @param count How many bytes the refusal rests on; all must be here.
 * @returns A copy of at most {@linkcode SHOWN_BYTES}.
 */
export function evidence(queue: ReadableQueue, count: number): Uint8Array {
  const shown = Math.min(SHOWN_BYTES, count, queue.length);
  return queue.has(shown) ? queue.peek(0, shown).slice() : new Uint8Array(0);
}

/**
 * Refuses to send a message that the receiver's limit would refuse.
 *
 * @param size Size of the message in bytes.
 * @param maxMessageBytes The limit in bytes, inclusive.
 * @throws {RangeError} If the size is above the limit.
 */
export function checkSendSize(size: number, maxMessageBytes: number): void {
  if (size > maxMessageBytes) {
    throw new OptionRangeError({
      action: `send message of ${size} bytes`,
      reason: `the limit is ${maxMessageBytes} bytes`,
      option: "maxMessageBytes",
    });
  }
}

/**
 * The error for a message above the limit.
 *
 * @param declared Its size in bytes, where the sender announced one.
 * @param maxMessageBytes The limit in bytes, inclusive.
 * @param firstBytes What the decision rests on, from {@linkcode evidence}.
 * @returns The error, to be thrown.
 */
export function tooLarge(
  declared: number | bigint | undefined,
  maxMessageBytes: number,
  firstBytes?: Uint8Array,
): ProtocolError {
  const limit = Math.min(maxMessageBytes, Number.MAX_SAFE_INTEGER);
  const what = declared === undefined
    ? `it is longer than the limit of ${limit} bytes`
    : `its declared size of ${declared} bytes exceeds the limit of ${limit} bytes`;
  return new ProtocolError("too_large", what, {
    limitBytes: limit,
    ...(declared === undefined ? {} : { declaredBytes: declared }),
    ...(firstBytes === undefined ? {} : { firstBytes }),
  });
}

/**
 * The error for a stream that ended inside a message.
 *
 * @param what What was cut off and what was missing.
 * @returns The error, to be thrown.
 */
export function truncated(what: string): ProtocolError {
  return new ProtocolError("truncated", what);
}

/**
 * The error for bytes that are no frame.
 *
 * @param what What was found and what was expected.
 * @param firstBytes What the decision rests on, from {@linkcode evidence}.
 * @returns The error, to be thrown.
 */
export function malformed(
  what: string,
  firstBytes?: Uint8Array,
): ProtocolError {
  return new ProtocolError(
    "malformed",
    what,
    firstBytes === undefined ? {} : { firstBytes },
  );
}

/**
 * Names a byte for a person: `"G" (47)`, or `0d` if it cannot be printed.
 *
 * @param value The byte.
 * @returns Its name.
 */
export function nameOf(value: number): string {
  const hex = value.toString(16).padStart(2, "0");
  return value > 0x20 && value < 0x7f
    ? `"${String.fromCharCode(value)}" (${hex})`
    : `byte ${hex}`;
}
