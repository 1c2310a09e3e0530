/**
 * The size of a connection's next receive buffer: small while the peer sends
 * little, as long as its messages when they are long.
 *
 * Copies and fresh buffers are expensive: 1 MiB takes 22 µs to copy, 69 to
 * allocate and fill, and 200 to send and receive over loopback. So a long
 * message gets a buffer that ends where the message ends. Then no part of the
 * next message has to be moved, and no part of the buffer is wasted.
 *
 * @module
 */

import { SLAB_BYTES } from "./slab_pool.ts";

// A fresh connection costs 4 KiB. A read that fills the buffer earns 64 KiB,
// the knee of the curve: 10 M messages/s at 1 KiB, 13 M at 4 KiB, 22 M at 64
// KiB, and no more beyond.
const IDLE_BYTES = SLAB_BYTES;
const BUSY_BYTES = 64 * 1024;
// A read this small means that the peer sends little at a time.
const SMALL_READ = 1024;

/**
 * The largest new buffer before a message has begun: a peer that has sent 8 MiB
 * once may never send anything again.
 */
export const MOST_IDLE_BYTES: number = 256 * 1024;

/** The sizes of one queue's buffers. */
export class SlabSize {
  // The size of a buffer before a message has begun.
  #waiting = IDLE_BYTES;
  // The size of a message that has arrived once; the next one gets it at once.
  #paid = 0;
  // Whether the last read was small and the queue was empty before it.
  #quiet = false;

  /**
   * Notes a read.
   *
   * @param count Bytes that were read.
   * @param heldBefore Bytes that were in the queue before.
   * @param isFull Whether it filled the buffer.
   */
  read(count: number, heldBefore: number, isFull: boolean): void {
    // The few bytes at the end of a long message do not count.
    this.#quiet = count < SMALL_READ && heldBefore === 0 && !isFull;
    if (isFull) this.#waiting = Math.max(this.#waiting, BUSY_BYTES);
  }

  /**
   * Shrinks the next buffer if the peer sends only little now.
   *
   * @param whole Bytes of the message that has begun, as far as known.
   * @returns Whether it shrinks.
   */
  shrink(whole: number): boolean {
    // The header of a long message, which often comes by itself, does not
    // count.
    if (!this.#quiet || whole >= SMALL_READ) return false;
    this.#waiting = IDLE_BYTES;
    this.#paid = 0;
    return true;
  }

  /**
   * Tells whether another buffer is better.
   *
   * @param room Bytes free at the end of this one.
   * @param held Bytes in it, which would have to be moved.
   * @param missing Bytes that the message still needs, 0 if unknown.
   * @returns Whether a buffer of {@linkcode SlabSize.next} is better.
   */
  isCramped(room: number, held: number, missing: number): boolean {
    if (room === 0) return true;
    const isShort = room < this.#waiting / 4;
    if (missing === 0) return isShort;
    // If the message fits, a move must be cheap.
    if (missing <= room) return isShort && held < IDLE_BYTES;
    // If it does not fit, it has to be moved: the sooner, the fewer bytes.
    return isShort || room < held || held + missing <= this.#paid;
  }

  /**
   * The size of the next buffer.
   *
   * @param held Bytes that are moved to it.
   * @param missing Bytes that the message still needs, 0 if unknown.
   * @returns The size in bytes, more than `held`. It is at most five times as
   * much unless such a message has arrived before: a header alone allocates
   * nothing.
   */
  next(held: number, missing: number): number {
    const size = this.#sizeFor(held, missing);
    this.#paid = Math.max(this.#paid, size);
    if (size > BUSY_BYTES && size <= MOST_IDLE_BYTES) this.#waiting = size;
    return size;
  }

  #sizeFor(held: number, missing: number): number {
    const waiting = this.#waiting;
    if (missing === 0) {
      return 2 * held <= waiting ? waiting : Math.max(2 * held, this.#paid);
    }
    const whole = held + missing;
    const earned = Math.max(waiting, 5 * held);
    if (whole > earned && whole > this.#paid) return earned;
    if (whole <= waiting / 4) return waiting;
    // As many messages of this length as fit, or one.
    return Math.max(whole, waiting - waiting % whole);
  }
}
