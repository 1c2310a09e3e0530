/**
 * Copies parts of a body that would keep a much larger buffer in memory.
 *
 * A part is a view of the buffer that it was received into, together with heads,
 * chunk extensions and whatever else came in the same read. A program that
 * collects parts keeps those buffers too.
 *
 * @module
 */

// A program that collects parts holds at most as many times their size.
const MOST_TIMES = 4;
// Copying so little costs less than a new buffer for the next read.
const LITTLE_BYTES = 4 * 1024;

/**
 * Gives bytes that keep at most four times their size in memory.
 *
 * @param bytes A view of a buffer.
 * @returns The view, or a copy where the part is small or the buffer much larger.
 */
export function compact(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return length <= LITTLE_BYTES || length * MOST_TIMES < bytes.buffer.byteLength
    ? bytes.slice()
    : bytes;
}
