/**
 * The chunks of a byte queue that nobody has asked for yet.
 *
 * @module
 */

// A chunk this small is copied when it has to wait: a stream may hand out one
// byte with 64 KiB behind it, and a million of those would pin 64 GiB.
const SMALL_BYTES = 1024;
const SLAB_BYTES = 4 * 1024;

const EMPTY = new Uint8Array(0);

/** Chunks in their order, added behind and taken in front. */
export class WaitingChunks {
  /** How many bytes they hold. */
  bytes = 0;
  #chunks: Uint8Array[] = [];
  // Those before it were taken.
  #next = 0;
  // Where small chunks are put together.
  #slab: Uint8Array = EMPTY;

  /** The first of them; only while {@linkcode WaitingChunks.bytes} is not 0. */
  get first(): Uint8Array {
    return this.#chunks[this.#next]!;
  }

  /**
   * Adds a chunk.
   *
   * @param chunk At least one byte. It is kept if it is large, copied if small.
   */
  add(chunk: Uint8Array): void {
    const { length } = chunk;
    if (length >= SMALL_BYTES) this.#chunks.push(chunk);
    else if (!this.#extendLast(chunk)) this.#chunks.push(this.#copy(chunk));
    this.bytes += length;
  }

  /**
   * Takes bytes off the front, out of one chunk.
   *
   * @param most How many at most, at least 1.
   * @returns The first chunk, or the beginning of it.
   */
  take(most: number): Uint8Array {
    const chunk = this.first;
    if (chunk.length <= most) {
      this.#drop();
      return chunk;
    }
    this.#chunks[this.#next] = chunk.subarray(most);
    this.bytes -= most;
    return chunk.subarray(0, most);
  }

  #drop(): void {
    this.bytes -= this.first.length;
    this.#next++;
    // Half of a list may be dead: moving the rest costs no more than filling it.
    if (2 * this.#next < this.#chunks.length) return;
    this.#chunks = this.bytes === 0 ? [] : this.#chunks.slice(this.#next);
    this.#next = 0;
  }

  /** Puts a small chunk behind the last one, if that lies in a slab with room. */
  #extendLast(chunk: Uint8Array): boolean {
    const last = this.#chunks.at(-1);
    if (last === undefined || last.buffer !== this.#slab.buffer) return false;
    const at = last.byteOffset + last.length;
    if (at + chunk.length > SLAB_BYTES) return false;
    this.#slab.set(chunk, at);
    this.#chunks[this.#chunks.length - 1] = this.#slab.subarray(
      last.byteOffset,
      at + chunk.length,
    );
    return true;
  }

  #copy(chunk: Uint8Array): Uint8Array {
    this.#slab = new Uint8Array(SLAB_BYTES);
    this.#slab.set(chunk);
    return this.#slab.subarray(0, chunk.length);
  }
}
