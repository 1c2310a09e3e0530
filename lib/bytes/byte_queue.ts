/**
 * The one receive buffer: bytes that arrived and are not yet taken.
 *
 * ```text
 *   window (one buffer, indexable)        waiting (chunks that came later)
 *   ├ taken ┼ ─── start ... end ─── ┼ room ┤  [ chunk ] [ chunk ] ...
 * ```
 *
 * All reading happens in the *window*: a message comes off its front without a
 * copy. Chunks that do not continue it wait in a list. They are joined to it only
 * when more bytes are needed than it holds, into a buffer with as much room again,
 * so a byte is copied at most a constant number of times.
 *
 * Views that were handed out stay valid: a buffer is never written where a view
 * may be, unless {@linkcode ByteQueue.release} allowed it.
 *
 * @module
 */

import { indexOfByte } from "./index_of_byte.ts";
import type { ReadableQueue } from "./readable_queue.ts";
import { ReceiveBuffers } from "./receive_buffers.ts";
import type { ReusedViews } from "./reused_views.ts";
import { WaitingChunks } from "./waiting_chunks.ts";

const EMPTY = new Uint8Array(0);
const EMPTY_VIEW = new DataView(EMPTY.buffer);
// Nothing is added to it: bytes that a socket reads do not wait.
const NO_CHUNKS = new WaitingChunks();

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
  #view: DataView = EMPTY_VIEW;
  // Of #bytes, so that views of it can be made without it.
  #buffer: ArrayBufferLike = EMPTY.buffer;
  #origin = 0;
  #start = 0;
  #end = 0;
  #waiting = NO_CHUNKS;
  // Bytes taken before #bytes became the window, minus its index zero.
  #base = 0;
  // Whether we allocated #bytes and so may write behind #end.
  #owned = false;
  readonly #buffers = new ReceiveBuffers();
  // Whether a view of bytes that were not taken may be in use.
  #isPeeked = false;
  // Where the message begins for which a search has joined chunks last.
  #searchedFor = -1;
  #copied = 0;
  // Of #bytes, while it is filled again and again.
  #views: ReusedViews | undefined;

  /** How many bytes are here and not yet taken. */
  get length(): number {
    return this.#end - this.#start + this.#waiting.bytes;
  }

  /** How many bytes were taken since the stream began. */
  get offset(): number {
    return this.#base + this.#start;
  }

  get isOwned(): boolean {
    return this.#owned;
  }

  /** How many bytes were copied to make them contiguous. */
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
      this.#setWindow(chunk, size, false);
    } else if (
      this.#waiting.bytes === 0 && this.#owned &&
      size <= this.#bytes.length - this.#end
    ) {
      this.#bytes.set(chunk, this.#end);
      this.#end += size;
      this.#copied += size;
    } else {
      if (this.#waiting === NO_CHUNKS) this.#waiting = new WaitingChunks();
      this.#waiting.add(chunk);
    }
  }

  /**
   * Gives room behind the last byte, to read into. Call
   * {@linkcode ByteQueue.commit} next; only reads may come in between.
   *
   * @param missing Bytes that the message that has begun lacks, if known. The room
   * grows toward it, to four times what was sent: a header alone allocates nothing.
   * @returns A part of the queue's own buffer, at least one byte long.
   */
  reserve(missing = 0): Uint8Array {
    const held = this.gather();
    const before = this.#bytes;
    const room = this.#owned ? before.length - this.#end : 0;
    const next = this.#buffers.better(before.length, room, held, missing);
    if (next !== undefined) {
      // Nothing looks at a buffer that was released, or not read from yet.
      const isFree = this.#owned && this.#start === 0 && !this.#isPeeked;
      this.#move(next);
      if (isFree) this.#buffers.recycle(before);
    }
    return this.#end === 0 ? this.#bytes : this.#bytes.subarray(this.#end);
  }

  /** Sets how many bytes are read at once from a busy peer, instead of 64 KiB. */
  set busyBytes(size: number) {
    this.#buffers.busyBytes = size;
  }

  /** Says how many bytes were written at the front of the reserved room. */
  commit(count: number): void {
    this.#end += count;
    this.#buffers.read(count, this.#end === this.#bytes.length);
  }

  /** Promises that no view handed out so far is used: it may be overwritten. */
  release(): void {
    this.#isPeeked = false;
    this.#buffers.isReused = true;
    if (!this.#owned || this.#waiting.bytes > 0 || this.#start === 0) return;
    const held = this.#end - this.#start;
    // Moving more than was taken would make small steps quadratic.
    if (held > this.#start) return;
    if (held > 0) this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#copied += held;
    this.#views = this.#buffers.rewind();
    this.#base += this.#start;
    this.#start = 0;
    this.#end = held;
  }

  /** From now on the program sees views, so no other queue gets the buffers. */
  show(): void {
    this.#buffers.show();
  }

  /** Promises the same for good and drops what is here; the buffer is free. */
  retire(): void {
    const bytes = this.#owned ? this.#bytes : undefined;
    while (this.#waiting.bytes > 0) this.#waiting.take(Infinity);
    this.#setWindow(EMPTY, 0, false);
    if (bytes !== undefined) this.#buffers.recycle(bytes);
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
    if (this.#waiting.bytes > 0) this.#join(this.length, 2 * this.length);
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

  /** Finds a byte, and makes all bytes up to it indexable; or all that are here. */
  indexOf(value: number, from = 0): number {
    const start = this.#start;
    const begin = start + from;
    const end = this.#end;
    const here = indexOfByte(this.#bytes, this.#view, value, begin, end);
    if (here !== -1) return here - start;
    if (this.#waiting.bytes === 0) return -1;
    const held = end - start;
    const later = this.#waiting.indexOf(value, Math.max(0, from - held));
    if (later === -1) {
      this.gather();
      return -1;
    }
    this.#joinFound(held + later + 1);
    return held + later;
  }

  /** Looks at bytes without taking them; see {@linkcode ByteQueue.take}. */
  peek(start: number, end: number): Uint8Array {
    this.#isPeeked = true;
    return this.#bytes.subarray(this.#start + start, this.#start + end);
  }

  /** Takes bytes off the front; the view stays valid until a `release`. */
  take(count: number, skipBefore = 0): Uint8Array {
    const start = this.#start + skipBefore;
    this.#start = start + count;
    const at = this.#origin + start;
    const views = this.#views;
    // Two thirds of the time of subarray(), and this is the hottest line of all.
    return views === undefined
      ? new Uint8Array(this.#buffer, at, count)
      : views.view(this.#buffer, at, count);
  }

  /** Drops bytes off the front. */
  skip(count: number): void {
    this.#start += count;
  }

  /**
   * Joins what was found in a chunk that waited: exactly up to there the first time
   * for a message, as that is mostly its end. Then twice as much each time, or
   * joining would be quadratic.
   */
  #joinFound(count: number): void {
    const isFirst = this.#searchedFor !== this.offset;
    this.#searchedFor = this.offset;
    // A few bytes of room for the rest of a delimiter.
    if (isFirst) return this.#join(count, count + 16);
    const twice = 2 * (this.#end - this.#start);
    const wanted = Math.min(this.length, Math.max(count, twice));
    this.#join(wanted, 2 * wanted);
  }

  /**
   * Makes the first `count` bytes contiguous, in a new buffer of `capacity` bytes
   * where one is needed. The rest of a large chunk becomes the window later, without
   * a copy.
   */
  #join(count: number, capacity: number): void {
    const held = this.#end - this.#start;
    if (held === 0 && this.#waiting.first.length >= count) {
      const chunk = this.#waiting.take(Infinity);
      return this.#setWindow(chunk, chunk.length, false);
    }
    if (!this.#owned || this.#bytes.length - this.#start < count) {
      this.#move(new Uint8Array(capacity));
    }
    this.#end += this.#waiting.move(count - held, this.#bytes, this.#end);
    this.#copied += count - held;
  }

  /** Moves the window into another buffer that has room for it. */
  #move(to: Uint8Array): void {
    const held = this.#end - this.#start;
    if (held > 0) to.set(this.#bytes.subarray(this.#start, this.#end));
    this.#copied += held;
    this.#setWindow(to, held, true);
  }

  #setWindow(bytes: Uint8Array, end: number, owned: boolean): void {
    this.#base += this.#start;
    this.#bytes = bytes;
    this.#buffer = bytes.buffer;
    this.#origin = bytes.byteOffset;
    this.#view = new DataView(this.#buffer, this.#origin, bytes.length);
    this.#start = 0;
    this.#end = end;
    this.#owned = owned;
    this.#isPeeked = false;
    this.#views = undefined;
    this.#buffers.forgetViews();
  }
}
