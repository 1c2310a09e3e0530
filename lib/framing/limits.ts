/**
 * The errors that all framings share.
 *
 * An error shows only the bytes that caused it. How many more had arrived
 * depends on the network's cuts, and the same bytes must give the same error.
 *
 * @module
 */

import type { ReadableQueue } from "../bytes/readable_queue.ts";
import { OptionRangeError } from "../check.ts";
import { type Hint, ProtocolError } from "../errors.ts";

/** How many bytes an error shows. */
export const SHOWN_BYTES = 16;

/**
 * The first bytes of a frame, to be shown in an error.
 *
 * @param queue The bytes, beginning with the frame's first.
 * @param count How many bytes caused the error; all must be in the queue.
 * @returns A copy of at most {@linkcode SHOWN_BYTES}.
 */
export function evidence(queue: ReadableQueue, count: number): Uint8Array {
  const shown = Math.min(SHOWN_BYTES, count, queue.length);
  return queue.has(shown) ? queue.peek(0, shown).slice() : new Uint8Array(0);
}

/** A message is too large to be sent, for the limit or for the framing. */
export class SendSizeError extends OptionRangeError {}

/**
 * Refuses to send a message that the receiver's limit would refuse.
 *
 * @param size Size of the message in bytes.
 * @param maxMessageBytes The limit in bytes, inclusive.
 * @throws {RangeError} If the size is above the limit.
 */
export function checkSendSize(size: number, maxMessageBytes: number): void {
  if (size > maxMessageBytes) {
    throw new SendSizeError({
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
 * @param firstBytes The bytes that caused it, from {@linkcode evidence}.
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
  return new ProtocolError("too_large", {
    reason: what,
    option: "maxMessageBytes",
  }, {
    limitBytes: limit,
    ...(declared === undefined ? {} : { declaredBytes: declared }),
    ...(firstBytes === undefined ? {} : { firstBytes }),
  });
}

/**
 * The error for a stream that ended inside a message.
 *
 * @param what The part that was cut off, and the missing part.
 */
export function truncated(what: string, hint?: Hint): ProtocolError {
  return new ProtocolError(
    "truncated",
    { reason: what, framing: hint?.framing },
    hint === undefined ? {} : { hint: hint.text },
  );
}

/**
 * The error for bytes that are not a frame.
 *
 * @param what The bytes that were found, and the expected ones.
 * @param firstBytes The bytes that caused it, from {@linkcode evidence}.
 * @param hint What they look like.
 */
export function malformed(
  what: string,
  firstBytes?: Uint8Array,
  hint?: string | Hint,
): ProtocolError {
  const { text, framing } = typeof hint === "object"
    ? hint
    : { text: hint, framing: undefined };
  return new ProtocolError(
    "malformed",
    { reason: what, framing },
    {
      ...(firstBytes === undefined ? {} : { firstBytes }),
      ...(text === undefined ? {} : { hint: text }),
    },
  );
}

/** Names a byte for a person: `"G" (47)`, or `0d` if it cannot be printed. */
export function nameOf(value: number): string {
  const hex = value.toString(16).padStart(2, "0");
  return value > 0x20 && value < 0x7f
    ? `"${String.fromCharCode(value)}" (${hex})`
    : `byte ${hex}`;
}
