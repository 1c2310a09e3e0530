/**
 * The one receive buffer: bytes that arrived and are not yet taken.
 *
 * ```text
 *   window (one buffer, indexable)        waiting (chunks that came later)
 *   ├ taken ┼ ─── start ... end ─── ┼ room ┤  [ chunk ] [ chunk ] ...
 * ```
 *
 * Wanted: an integer or a whole message off the front without a copy, a message
 * that spans chunks with one copy, and linear cost for an 8 MiB message that
 * arrives in 1 KiB pieces. So: all reading happens in the *window*. Chunks that
 * do not continue it wait in a list and are joined to it only when somebody
 * needs more bytes than it holds, into a buffer with as much room again, so a
 * byte is copied at most a constant number of times.
 *
 * Views that were handed out stay valid: no buffer is ever written where
 * somebody may be looking, unless {@linkcode ByteQueue.release} allowed it.
 *
 * @module
 */

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
export class ByteQueue {
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

  /** How many bytes are here and not yet taken. */
  get length(): number {
    return this.#end - this.#start + this.#waiting.bytes;
  }

  /** How many bytes were taken since the stream began. */
  get offset(): number {
    return this.#base + this.#start;
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
    } else {
      this.#waiting.add(chunk);
    }
  }

  /**
   * Gives room behind the last byte, to read into. Follow it with
   * {@linkcode ByteQueue.commit}; nothing else may be called in between but
   * reading what is there already.
   *
   * @param missing How many bytes the message that has begun still lacks, if
   * known: the room grows toward it, but never beyond four times what the peer
   * has already sent, so an announcement alone allocates nothing.
   * @returns A part of the queue's own buffer, at least one byte long.
   */
  reserve(missing = 0): Uint8Array {
    if (this.#waiting.bytes > 0) this.#joinAll();
    const held = this.#end - this.#start;
    // A long buffer that release() keeps is not for somebody who says little.
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
   * @param count Bytes written at its front.
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

  /**
   * Tells whether that many bytes are here, and makes them indexable.
   *
   * @param count Bytes wanted from the front.
   * @returns Whether they are here. Only after `true` may the first `count`
   * bytes be looked at or taken.
   */
  has(count: number): boolean {
    if (this.#end - this.#start >= count) return true;
    if (this.length < count) return false;
    // Exact for a message that is mostly in later chunks; with room to grow for
    // somebody who feels his way forward byte by byte.
    this.#join(count, Math.max(count, 2 * (this.#end - this.#start)));
    return true;
  }

  /**
   * Makes all bytes that are here indexable, at linear cost over the life of
   * the stream.
   *
   * @returns How many there are.
   */
  gather(): number {
    if (this.#waiting.bytes > 0) this.#joinAll();
    return this.#end - this.#start;
  }

  /**
   * Reads one byte without taking it.
   *
   * @param index Its position from the front; {@linkcode ByteQueue.has} must
   * have said that it is here.
   * @returns The byte.
   */
  byte(index: number): number {
    return this.#view.getUint8(this.#start + index);
  }

  /**
   * Reads a big-endian 32-bit integer without taking it.
   *
   * @param index Position of its first byte from the front.
   * @returns The integer, 0 to 4,294,967,295.
   */
  uint32(index: number): number {
    return this.#view.getUint32(this.#start + index);
  }

  /**
   * Finds a byte among all that are here, and makes them indexable up to it; or
   * all of them, if it is not there.
   *
   * @param value The byte to look for.
   * @param from Where to begin, counted from the front.
   * @returns Its position from the front, or -1.
   */
  indexOf(value: number, from = 0): number {
    const found = this.#indexInWindow(value, from);
    if (found !== -1 || this.#waiting.bytes === 0) return found;
    return this.#indexInWaiting(value, from);
  }

  /**
   * Looks at bytes without taking them.
   *
   * @param start First position from the front.
   * @param end Position after the last; {@linkcode ByteQueue.has} must have said
   * that all are here.
   * @returns A view, valid for ever unless {@linkcode ByteQueue.release} is called.
   */
  peek(start: number, end: number): Uint8Array {
    return this.#bytes.subarray(this.#start + start, this.#start + end);
  }

  /**
   * Takes bytes off the front.
   *
   * @param count How many; {@linkcode ByteQueue.has} must have said that they
   * are here.
   * @param skipBefore Bytes to drop before them, such as a header.
   * @returns A view, valid for ever unless {@linkcode ByteQueue.release} is called.
   */
  take(count: number, skipBefore = 0): Uint8Array {
    const start = this.#start + skipBefore;
    this.#start = start + count;
    // Two thirds of the time of subarray(), and this is the hottest line of all.
    return new Uint8Array(this.#buffer, this.#origin + start, count);
  }

  /**
   * Drops bytes off the front.
   *
   * @param count How many; {@linkcode ByteQueue.has} must have said that they
   * are here.
   */
  skip(count: number): void {
    this.#start += count;
  }

  #indexInWindow(value: number, from: number): number {
    // Not #bytes.indexOf: that would search the unused room behind #end too.
    const end = this.#end;
    const begin = this.#start + from;
    // Short distances are common and cheaper without a view (21 ns).
    const near = Math.min(end, begin + 32);
    const bytes = this.#bytes;
    for (let i = begin; i < near; i++) {
      if (bytes[i] === value) return i - this.#start;
    }
    if (near >= end) return -1;
    const found = end === bytes.length
      ? bytes.indexOf(value, near)
      : bytes.subarray(near, end).indexOf(value) + near;
    return found < near ? -1 : found - this.#start;
  }

  /** Searches before joining, so that of a chunk only what is needed is copied. */
  #indexInWaiting(value: number, from: number): number {
    while (this.#waiting.bytes > 0) {
      const held = this.#end - this.#start;
      const chunk = this.#waiting.first;
      const index = chunk.indexOf(value, Math.max(0, from - held));
      if (index !== -1) {
        // A few bytes of room for the rest of a delimiter.
        this.#join(held + index + 1, held + index + 17);
        return held + index;
      }
      const count = held + chunk.length;
      this.#join(count, 2 * count);
    }
    return -1;
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
