/**
 * The receive buffers of one connection: small while the peer sends little, as long
 * as its messages when they are long.
 *
 * Copies and fresh buffers are expensive: 1 MiB takes 22 µs to copy, 69 to
 * allocate and fill, and 200 to send and receive over loopback. So a long
 * message gets a buffer that ends where the message ends. Then no part of the
 * next message has to be moved, and no part of the buffer is wasted.
 *
 * @module
 */

import * as pool from "./buffer_pool.ts";
import { ReusedViews } from "./reused_views.ts";

// A fresh connection costs 4 KiB. A read that fills the buffer earns 64 KiB,
// the knee of the curve: 10 M messages/s at 1 KiB, 13 M at 4 KiB, 22 M at 64
// KiB, and no more beyond.
const IDLE_BYTES = pool.SLAB_BYTES;
const BUSY_BYTES = 64 * 1024;
// A buffer of up to this size is kept while the peer is quiet: replacing it would
// save little.
const KEPT_BYTES = 4 * IDLE_BYTES;
// The most a connection waits with, however much its peer sends: a peer that has
// sent 8 MiB once may never send anything again.
const MOST_IDLE_BYTES = 256 * 1024;
// Messages that are longer than a quarter of a busy buffer are read several at a time,
// where the buffer is used again: a read costs as much for one as for three.
const BATCH_BYTES = 256 * 1024;
// After so many long bursts in a row a connection waits with a long buffer. One
// message of 250 KB must not make each of 10,000 connections hold as much.
const ENOUGH_BURSTS = 2;
const MOST_BURSTS = 3;

/** Chooses the buffers of one queue, and takes them from the pool. */
export class ReceiveBuffers {
  #owner = pool.UNSEEN;
  // The size of a buffer for the rest of a message, or to wait with while busy.
  #waiting = IDLE_BYTES;
  // The size of a message that has arrived once; the next one gets it at once.
  #paid = 0;
  /** Whether buffers are released and used again, so that longer ones cost nothing. */
  isReused = false;
  /** The size in bytes of the buffer that a read earns which fills its own. */
  busyBytes: number = BUSY_BYTES;
  // Bytes read since the queue was empty for the last time.
  #burst = 0;
  // How many long bursts came in a row; a short one takes one away.
  #bursts = 0;
  // A connection of one message has no use for them.
  #isSecond = false;
  #views: ReusedViews | undefined;

  /**
   * Notes a read.
   *
   * @param count Bytes that were read.
   * @param isFull Whether it filled the buffer.
   */
  read(count: number, isFull: boolean): void {
    this.#burst += count;
    if (isFull) this.#waiting = Math.max(this.#waiting, this.busyBytes);
  }

  /** From now on the program sees views, so no other queue gets the buffers. */
  show(): void {
    this.#owner ||= pool.newOwner();
  }

  /**
   * Gives a buffer to read into, if it is better than the present one.
   *
   * @param capacity Size of the present buffer in bytes.
   * @param room Bytes free at its end, 0 if it is not to be written to.
   * @param held Bytes in it, which would have to be moved.
   * @param missing Bytes that the message still needs, 0 if unknown.
   */
  better(
    capacity: number,
    room: number,
    held: number,
    missing: number,
  ): Uint8Array | undefined {
    // A long buffer that is used again is not for a peer that sends little.
    const isDropped = held === 0 && missing === 0 && this.#rest(capacity);
    return this.#isCramped(isDropped ? 0 : room, held, missing)
      ? pool.newBuffer(this.#next(held, missing), this.#owner)
      : undefined;
  }

  /**
   * The present buffer is filled from its beginning again, and no view is in use.
   *
   * @returns Where to ask for views of it, if that is worth it.
   */
  rewind(): ReusedViews | undefined {
    if (this.#isSecond) this.#views ??= new ReusedViews();
    this.#isSecond = true;
    return this.#views?.rewind();
  }

  /** Another buffer takes the place of the present one. */
  forgetViews(): void {
    this.#views?.forget();
  }

  /** Takes a buffer back. No view of it may be in use. */
  recycle(bytes: Uint8Array): void {
    pool.recycle(bytes, this.#owner);
  }

  /**
   * Notes that the queue is empty and waits for the peer. What was earned is lost
   * if the peer sends only little now.
   *
   * @param capacity Size of the queue's buffer.
   * @returns Whether that is too large to wait with.
   */
  #rest(capacity: number): boolean {
    if (this.#burst >= IDLE_BYTES) {
      this.#bursts = Math.min(this.#bursts + 1, MOST_BURSTS);
    } else if (this.#burst > 0) {
      this.#bursts = Math.max(0, this.#bursts - 1);
      if (this.#bursts === 0) {
        this.#waiting = IDLE_BYTES;
        this.#paid = 0;
      }
    }
    this.#burst = 0;
    return capacity > (this.#isBusy ? MOST_IDLE_BYTES : KEPT_BYTES);
  }

  /** Tells whether another buffer is better than one with so much room. */
  #isCramped(room: number, held: number, missing: number): boolean {
    if (room === 0) return true;
    const isShort = room < this.#waitingFor(held, missing) / 4;
    if (missing === 0) return isShort;
    // If the message fits, a move must be cheap.
    if (missing <= room) return isShort && held < IDLE_BYTES;
    // If it does not fit, it has to be moved: the sooner, the fewer bytes.
    return isShort || room < held || held + missing <= this.#paid;
  }

  /**
   * The size of the next buffer in bytes, more than are held. It is at most five times
   * as much unless such a message has arrived before: a header alone allocates nothing.
   */
  #next(held: number, missing: number): number {
    const size = this.#sizeFor(held, missing);
    this.#paid = Math.max(this.#paid, size);
    if (size > BUSY_BYTES && size <= MOST_IDLE_BYTES) this.#waiting = size;
    return size;
  }

  #sizeFor(held: number, missing: number): number {
    const waiting = this.#waitingFor(held, missing);
    if (missing === 0) {
      return 2 * held <= waiting ? waiting : Math.max(2 * held, this.#paid);
    }
    const whole = held + missing;
    const earned = Math.max(waiting, 5 * held);
    if (whole > earned && whole > this.#paid) return earned;
    if (whole <= waiting / 4) return waiting;
    // As many messages of this length as fit, or one.
    const most = this.isReused && whole <= this.#paid ? BATCH_BYTES : waiting;
    return Math.max(whole, most - most % whole);
  }

  get #isBusy(): boolean {
    return this.#bursts >= ENOUGH_BURSTS;
  }

  /** The size of a buffer to wait with, between two messages or inside one. */
  #waitingFor(held: number, missing: number): number {
    const isResting = held === 0 && missing === 0;
    return isResting && !this.#isBusy ? IDLE_BYTES : this.#waiting;
  }
}
