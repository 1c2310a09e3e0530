/**
 * Receive buffers between two uses, shared by all connections.
 *
 * Short ones spare a short connection a good part of its garbage: 9 % more of
 * them are served in a second of processor time. Long ones let a connection wait
 * with a short buffer without a new long one for each message: 1 MiB takes 69 µs to
 * allocate and fill, of the 200 that it takes to send and receive.
 *
 * A buffer returns only when no view of it is in use, and its bytes are
 * overwritten before the next connection can see them. Where the program has seen
 * views and only promised not to use them any more, a long buffer stays its
 * connection's own, and a short one is transferred, which empties the views: a
 * broken promise must not show or send another connection's bytes.
 *
 * @module
 */

import { isBorrowed } from "./borrowed.ts";

/** Size of a short buffer in bytes: 10,000 idle connections hold 40 MiB of them. */
export const SLAB_BYTES: number = 4 * 1024;

// Of the short ones, the pool keeps at most 1 MiB.
const MOST_SLABS = 256;
// A connection keeps a buffer of up to 256 KiB itself while long messages come. Of
// longer ones the pool keeps what eight connections need for messages of 1 MiB, the
// default limit.
const LEAST_LONG_BYTES = 256 * 1024;
const MOST_LONG_BYTES = 8 * 1024 * 1024;

/** The owner of buffers that the program has never seen: any connection may use them. */
export const UNSEEN = 0;

const slabs: Uint8Array[] = [];
// The one that returned last is the last: it is still in the processor's cache.
const long: { readonly buffer: ArrayBuffer; readonly owner: number }[] = [];
let longBytes = 0;
let owners = UNSEEN;

/** Gives the number of a new owner. */
export function newOwner(): number {
  return ++owners;
}

/**
 * Takes a buffer from the pool, or makes one.
 *
 * @param size Its length in bytes.
 * @param owner Whose buffers may be taken, besides those that are unseen.
 * @returns The buffer, which the caller owns until {@linkcode recycle}.
 */
export function newBuffer(size: number, owner: number): Uint8Array {
  if (size === SLAB_BYTES) return slabs.pop() ?? new Uint8Array(size);
  if (size < LEAST_LONG_BYTES || longBytes < size) return new Uint8Array(size);
  return longBuffer(size, owner);
}

/**
 * Takes a buffer back, and keeps it if it is worth that. A longer one is freed at
 * once: a program that waits allocates nothing, so its garbage would not be
 * collected, and 20 messages of 16 MiB would hold 400 MB until something else
 * happens.
 *
 * @param bytes A result of {@linkcode newBuffer}. No view of it may be in use.
 * @param owner Who alone may use it again; {@linkcode UNSEEN} if anyone may.
 */
export function recycle(bytes: Uint8Array, owner: number): void {
  const buffer = bytes.buffer as ArrayBuffer;
  if (bytes.length === SLAB_BYTES) {
    if (slabs.length === MOST_SLABS) return;
    // A view that the program has kept is empty from now on, and shows nothing of
    // another connection. This takes 0.3 us, and a new buffer 2.5.
    slabs.push(new Uint8Array(owner === UNSEEN ? buffer : buffer.transfer()));
    return;
  }
  const { byteLength } = buffer;
  if (bytes.length < LEAST_LONG_BYTES || isBorrowed(buffer)) return;
  if (byteLength > MOST_LONG_BYTES) return void buffer.transfer(0);
  longBytes += byteLength;
  // The owner of one that has been here for a while may never come back for it.
  while (longBytes > MOST_LONG_BYTES) {
    longBytes -= long.shift()!.buffer.byteLength;
  }
  long.push({ buffer, owner });
}

/**
 * The buffer that came back last of those that fit. A fifth of it is unused at most,
 * as a view that a program keeps would keep that in memory too.
 */
function longBuffer(size: number, owner: number): Uint8Array {
  for (let i = long.length - 1; i >= 0; i--) {
    const { buffer, owner: its } = long[i]!;
    if (its !== UNSEEN && its !== owner) continue;
    const { byteLength } = buffer;
    if (byteLength < size || byteLength > 1.25 * size) continue;
    longBytes -= byteLength;
    long.splice(i, 1);
    return new Uint8Array(buffer, 0, size);
  }
  return new Uint8Array(size);
}
