/**
 * The two refusals that all framings share, and what a limit may be.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/**
 * Refuses to send a message that the receiver's limit would refuse.
 *
 * @param size Size of the message in bytes.
 * @param maxMessageBytes The limit in bytes, inclusive.
 * @throws {RangeError} If the size is above the limit.
 */
export function checkSendSize(size: number, maxMessageBytes: number): void {
  if (size > maxMessageBytes) {
    throw new RangeError(
      `Cannot send message of ${size} bytes: the limit is ${maxMessageBytes} bytes (maxMessageBytes)`,
    );
  }
}

/**
 * The error for a message above the limit.
 *
 * @param declared Its size in bytes, where the sender announced one.
 * @param maxMessageBytes The limit in bytes, inclusive.
 * @returns The error, to be thrown.
 */
export function tooLarge(
  declared: number | bigint | undefined,
  maxMessageBytes: number,
): ProtocolError {
  const what = declared === undefined
    ? `it is longer than the limit of ${maxMessageBytes} bytes`
    : `its declared size of ${declared} bytes exceeds the limit of ${maxMessageBytes} bytes`;
  return new ProtocolError("too_large", what, {
    limitBytes: maxMessageBytes,
    ...(declared === undefined ? {} : { declaredBytes: declared }),
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
 * @returns The error, to be thrown.
 */
export function malformed(what: string): ProtocolError {
  return new ProtocolError("malformed", what);
}

/**
 * Checks an option that is a number of bytes.
 *
 * @param name The option's name, for the message.
 * @param value The value.
 * @param least Smallest legal value.
 * @throws {RangeError} If it is no integer from `least` up; `Infinity` is legal.
 */
export function checkBytes(name: string, value: number, least = 0): void {
  if (value === Infinity || (Number.isSafeInteger(value) && value >= least)) {
    return;
  }
  throw new RangeError(
    `Cannot use ${name} of ${value}: it must be an integer of at least ${least}, or Infinity`,
  );
}
