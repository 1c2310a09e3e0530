/**
 * The one receive buffer: bytes that arrived and are not yet taken.
 *
 * ```text
 *   window (one buffer, indexable)        waiting (chunks that came later)
 *   ├ taken ┼ ─── start ... end ─── ┼ room ┤  [ chunk ] [ chunk ] ...
 * ```
 *
 * An integer or a whole message comes off the front without a copy, a message
 * that spans chunks with one copy, and an 8 MiB message that arrives in 1 KiB
 * pieces at linear cost. So all reading happens in the *window*. Chunks that do
 * not continue it wait in a list. They are joined to it only when more bytes are
 * needed than it holds, into a buffer with as much room again, so a byte is
 * copied at most a constant number of times.
 *
 * Views that were handed out stay valid: a buffer is never written where a view
 * may be, unless {@linkcode ByteQueue.release} allowed it.
 *
 * @module
 */

import { indexOfByte } from "./index_of_byte.ts";
import type { ReadableQueue } from "./readable_queue.ts";
import { newSlab, recycleSlab, SLAB_BYTES } from "./slab_pool.ts";
import { MOST_IDLE_BYTES, SlabSize } from "./slab_size.ts";
import { WaitingChunks } from "./waiting_chunks.ts";

const EMPTY = new Uint8Array(0);

/**
 * Bytes received and not yet taken, in order.
 *
 * @example Taking a message that came in two chunks
 * ```ts
 * import { ByteQueue } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const queue = new ByteQueue();
 * queue.push(Uint8Array.of(0, 0, 0, 2, 104));
 * queue.push(Uint8Array.of(105));
 *
 * assertEquals(queue.has(4) && queue.uint32(0), 2);
 * queue.skip(4);
 * assertEquals(queue.has(2) && queue.take(2), Uint8Array.of(104, 105));
 * assertEquals(queue.offset, 6);
 * ```
 */
export class ByteQueue implements ReadableQueue {
  #bytes: Uint8Array = EMPTY;
  #view: DataView = new DataView(EMPTY.buffer);
  // Of #bytes, so that views of it can be made without it.
  #buffer: ArrayBufferLike = EMPTY.buffer;
  #origin = 0;
  #start = 0;
  #end = 0;
  // What came behind the window and does not continue it.
  readonly #waiting = new WaitingChunks();
  // Bytes taken before #bytes became the window, minus its index zero.
  #base = 0;
  // Whether we allocated #bytes and so may write behind #end.
  #owned = false;
  readonly #size = new SlabSize();
  // Where the message begins for which a search has joined chunks last.
  #searchedFor = -1;
  #copied = 0;

  /** How many bytes are here and not yet taken. */
  get length(): number {
    return this.#end - this.#start + this.#waiting.bytes;
  }

  /** How many bytes were taken since the stream began. */
  get offset(): number {
    return this.#base + this.#start;
  }

  /** How many bytes were moved so far to make others indexable: the price of cuts. */
  get copiedBytes(): number {
    return this.#copied;
  }

  /**
   * Adds bytes at the end.
   *
   * @param chunk The bytes. The queue keeps the array and hands out views of it,
   * so the caller must not write to it any more.
   */
  push(chunk: Uint8Array): void {
    const size = chunk.length;
    if (size === 0) return;
    if (this.#start === this.#end && this.#waiting.bytes === 0) {
      this.#setWindow(chunk, 0, size, false);
    } else if (
      this.#waiting.bytes === 0 && this.#owned &&
      size <= this.#bytes.length - this.#end
    ) {
      this.#bytes.set(chunk, this.#end);
      this.#end += size;
      this.#copied += size;
    } else {
      this.#waiting.add(chunk);
    }
  }

  /**
   * Gives room behind the last byte, to read into. Follow it with
   * {@linkcode ByteQueue.commit}; nothing else may be called in between but
   * reading what is there.
   *
   * @param missing How many bytes the message that has begun still lacks, if
   * known: the room grows toward it, but never beyond four times what the peer
   * has already sent, so an announcement alone allocates nothing.
   * @returns A part of the queue's own buffer, at least one byte long.
   */
  reserve(missing = 0): Uint8Array {
    if (this.#waiting.bytes > 0) this.#joinAll();
    const held = this.#end - this.#start;
    // A long buffer that release() keeps is not for a peer that sends little.
    const isDropped = this.#size.shrink(held + missing) &&
      this.#bytes.length > MOST_IDLE_BYTES;
    const room = this.#owned && !isDropped ? this.#bytes.length - this.#end : 0;
    if (this.#size.isCramped(room, held, missing)) {
      const size = this.#size.next(held, missing);
      this.#move(size === SLAB_BYTES ? newSlab() : new Uint8Array(size));
    }
    return this.#end === 0 ? this.#bytes : this.#bytes.subarray(this.#end);
  }

  /**
   * Says how much of the reserved room was filled.
   *
   * @param count How many bytes were written at its front.
   */
  commit(count: number): void {
    const held = this.#end - this.#start;
    this.#end += count;
    this.#size.read(count, held, this.#end === this.#bytes.length);
  }

  /**
   * Promises that no view handed out so far is looked at any more, so that the
   * buffer may be written again instead of replaced.
   */
  release(): void {
    if (!this.#owned || this.#waiting.bytes > 0 || this.#start === 0) return;
    const held = this.#end - this.#start;
    // Moving more than was taken would make small steps through a large buffer
    // quadratic; then the room behind is used up first.
    if (held > this.#start) return;
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#copied += held;
    this.#base += this.#start;
    this.#start = 0;
    this.#end = held;
  }

  /**
   * Promises the same for good, and drops what is here: nothing is read into the
   * queue any more, and its buffer may serve another one.
   */
  retire(): void {
    const slab = this.#bytes;
    const isOwned = this.#owned;
    while (this.#waiting.bytes > 0) this.#waiting.take(Infinity);
    this.#setWindow(EMPTY, 0, 0, false);
    if (isOwned) recycleSlab(slab);
  }

  /** Tells whether that many bytes are here, and makes them indexable. */
  has(count: number): boolean {
    if (this.#end - this.#start >= count) return true;
    if (this.length < count) return false;
    // Exact for a message that is mostly in later chunks; with room to grow for a
    // decoder that asks for one more byte at a time.
    this.#join(count, Math.max(count, 2 * (this.#end - this.#start)));
    return true;
  }

  /** Makes all bytes that are here indexable and says how many there are. */
  gather(): number {
    if (this.#waiting.bytes > 0) this.#joinAll();
    return this.#end - this.#start;
  }

  /** Reads one byte without taking it. */
  byte(index: number): number {
    return this.#view.getUint8(this.#start + index);
  }

  /** Reads a big-endian 32-bit integer without taking it. */
  uint32(index: number): number {
    return this.#view.getUint32(this.#start + index);
  }

  /**
   * Finds a byte among all that are here, and makes them indexable up to it; or
   * all of them, if it is not there.
   */
  indexOf(value: number, from = 0): number {
    const start = this.#start;
    const found = indexOfByte(
      this.#bytes,
      this.#view,
      value,
      start + from,
      this.#end,
    );
    if (found !== -1) return found - start;
    return this.#waiting.bytes === 0 ? -1 : this.#indexInWaiting(value, from);
  }

  /**
   * Looks at bytes without taking them. The view is valid for ever unless
   * {@linkcode ByteQueue.release} is called.
   */
  peek(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(this.#start + start, this.#start + end);
  }

  /**
   * Takes bytes off the front. The view is valid for ever unless
   * {@linkcode ByteQueue.release} is called.
   */
  take(count: number, skipBefore = 0): Uint8Array {
    const start = this.#start + skipBefore;
    this.#start = start + count;
    // Two thirds of the time of subarray(), and this is the hottest line of all.
    return new Uint8Array(this.#buffer, this.#origin + start, count);
  }

  /** Drops bytes off the front. */
  skip(count: number): void {
    this.#start += count;
  }

  /** Searches before joining, so that of a chunk only what is needed is copied. */
  #indexInWaiting(value: number, from: number): number {
    while (this.#waiting.bytes > 0) {
      const held = this.#end - this.#start;
      const chunk = this.#waiting.first;
      const index = chunk.indexOf(value, Math.max(0, from - held));
      if (index !== -1) {
        this.#joinFound(held, held + index + 1, held + chunk.length);
        return held + index;
      }
      const count = held + chunk.length;
      this.#join(count, 2 * count);
    }
    return -1;
  }

  /**
   * Joins what was found in the first chunk. The first time for a message exactly
   * that much, as it is mostly the message's end. A message in which a byte is
   * found again and again gets twice as much each time, or joining it would be
   * quadratic.
   */
  #joinFound(held: number, count: number, most: number): void {
    const begin = this.offset;
    if (this.#searchedFor !== begin) {
      this.#searchedFor = begin;
      // A few bytes of room for the rest of a delimiter.
      this.#join(count, count + 16);
    } else {
      const wanted = Math.min(most, Math.max(count, 2 * held));
      this.#join(wanted, 2 * wanted);
    }
  }

  /**
   * Makes the first `count` bytes contiguous, in a buffer of at least
   * `capacity` bytes where one has to be made. Of a large chunk only what is
   * needed is copied: the rest of it becomes the window later, without a copy.
   */
  #join(count: number, capacity: number): void {
    const held = this.#end - this.#start;
    if (held === 0 && this.#waiting.first.length >= count) {
      const chunk = this.#waiting.take(Infinity);
      this.#setWindow(chunk, 0, chunk.length, false);
      return;
    }
    if (!this.#owned || this.#bytes.length - this.#start < count) {
      this.#move(new Uint8Array(capacity));
    }
    for (let missing = count - held; missing > 0;) {
      const chunk = this.#waiting.take(missing);
      this.#bytes.set(chunk, this.#end);
      this.#end += chunk.length;
      this.#copied += chunk.length;
      missing -= chunk.length;
    }
  }

  /** Joins everything, with as much room again, so that growing stays linear. */
  #joinAll(): void {
    this.#join(this.length, 2 * this.length);
  }

  /** Moves the window into another buffer that has room for it. */
  #move(to: Uint8Array): void {
    const held = this.#end - this.#start;
    if (held > 0) to.set(this.#bytes.subarray(this.#start, this.#end));
    this.#copied += held;
    this.#setWindow(to, 0, held, true);
  }

  #setWindow(
    bytes: Uint8Array,
    start: number,
    end: number,
    owned: boolean,
  ): void {
    this.#base += this.#start - start;
    this.#bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#origin = bytes.byteOffset;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.#start = start;
    this.#end = end;
    this.#owned = owned;
  }
}
