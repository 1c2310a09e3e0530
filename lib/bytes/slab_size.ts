/**
 * How large a connection's next receive buffer is: small while the peer says
 * little, as long as its messages when they are long.
 *
 * Both a copy and a fresh buffer cost as much as receiving does: 1 MiB takes 22 µs
 * to copy, 69 to allocate and fill, and 200 to send and receive over loopback. So
 * a long message gets a buffer that ends where it ends: nothing of the next one
 * comes along that would have to be moved, and none of the buffer is left over.
 *
 * @module
 */

import { SLAB_BYTES } from "./slab_pool.ts";

// A fresh connection costs 4 KiB; a read that fills it earns 64 KiB, the knee of
// the curve: 10 M messages/s at 1 KiB, 13 M at 4 KiB, 22 M at 64 KiB, no more after.
const IDLE_BYTES = SLAB_BYTES;
const BUSY_BYTES = 64 * 1024;
// Reads this small say that the peer has no more than that to send at a time.
const SMALL_READ = 1024;

/**
 * The most a new buffer has before anything of a message is here: whoever has sent
 * 8 MiB once may never send anything again.
 */
export const MOST_IDLE_BYTES: number = 256 * 1024;

/** The sizes of one queue's buffers. */
export class SlabSize {
  // Of a buffer to wait with, before anything of a message is here.
  #waiting = IDLE_BYTES;
  // What the peer has paid for once, its next message gets at once.
  #paid = 0;
  // Whether the last read brought little, and nothing had been there before it.
  #quiet = false;

  /**
   * Takes note of a read.
   *
   * @param count Bytes it brought.
   * @param heldBefore Bytes that were there before it, not yet taken.
   * @param isFull Whether it filled the buffer.
   */
  read(count: number, heldBefore: number, isFull: boolean): void {
    // Not the few bytes that are the end of a long message.
    this.#quiet = count < SMALL_READ && heldBefore === 0 && !isFull;
    if (isFull) this.#waiting = Math.max(this.#waiting, BUSY_BYTES);
  }

  /**
   * Gives back what was earned, if the peer has only little to say now.
   *
   * @param whole Bytes of the message that has begun, as far as known.
   * @returns Whether it has.
   */
  shrink(whole: number): boolean {
    // Not for the header of a long message, which often comes by itself.
    if (!this.#quiet || whole >= SMALL_READ) return false;
    this.#waiting = IDLE_BYTES;
    this.#paid = 0;
    return true;
  }

  /**
   * Tells whether to go on in another buffer.
   *
   * @param room Bytes free at the end of this one.
   * @param held Bytes in it, which would have to be moved.
   * @param missing Bytes that the message lacks, 0 if unknown.
   * @returns Whether a buffer of {@linkcode SlabSize.next} is better.
   */
  isCramped(room: number, held: number, missing: number): boolean {
    if (room === 0) return true;
    const isShort = room < this.#waiting / 4;
    if (missing === 0) return isShort;
    // What fits is moved only if that is little.
    if (missing <= room) return isShort && held < IDLE_BYTES;
    // What does not is to be moved anyhow: the sooner, the less of it.
    return isShort || room < held || held + missing <= this.#paid;
  }

  /**
   * The size of the next buffer.
   *
   * @param held Bytes that are moved to it.
   * @param missing Bytes that the message lacks, 0 if unknown.
   * @returns The size in bytes, more than `held`, but at most five times as much
   * if it was not earned before: an announcement alone allocates nothing.
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
    // As many messages like this one as there is room for, or one.
    return Math.max(whole, waiting - waiting % whole);
  }
}
