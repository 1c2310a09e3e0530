/**
 * Views that would keep far more in memory than they show.
 *
 * @module
 */

// A message is copied if its frame is larger than this and many times its size:
// a message of one byte must not keep a header block of 8 KiB in memory.
const SMALL_FRAME_BYTES = 256;
const MANY_TIMES = 8;

/**
 * Copies a message that is only a small part of its frame.
 *
 * @param message The message, a view of a receive buffer.
 * @param frameBytes How many bytes were taken for it.
 * @returns A copy, or the message.
 */
export function compact(message: Uint8Array, frameBytes: number): Uint8Array {
  return frameBytes > SMALL_FRAME_BYTES &&
      frameBytes > MANY_TIMES * message.length
    ? message.slice()
    : message;
}
