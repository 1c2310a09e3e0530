/**
 * Buffers with bytes that wait to be written and were not copied.
 *
 * A program that breaks its promise and goes on before `sendAll` has sent all may
 * give a buffer back whose bytes are still to be sent. What is borrowed is neither
 * given to another connection nor freed, so the peer never gets another
 * connection's bytes.
 *
 * @module
 */

// Weak, as a connection that fails returns nothing.
const counts = new WeakMap<ArrayBufferLike, number>();

/** Notes that bytes of a buffer wait to be written. */
export function borrow({ buffer }: Uint8Array): void {
  counts.set(buffer, (counts.get(buffer) ?? 0) + 1);
}

/** Notes that they were written. */
export function giveBack({ buffer }: Uint8Array): void {
  counts.set(buffer, (counts.get(buffer) ?? 1) - 1);
}

/** Whether bytes of a buffer wait to be written. */
export function isBorrowed(buffer: ArrayBufferLike): boolean {
  return (counts.get(buffer) ?? 0) > 0;
}
