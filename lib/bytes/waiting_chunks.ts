/**
 * The chunks of a byte queue that are not needed yet.
 *
 * @module
 */

// A chunk this small is copied when it has to wait: one byte may be a view of
// 64 KiB, and a million of those would pin 64 GiB.
const SMALL_BYTES = 1024;
const SLAB_BYTES = 4 * 1024;

const EMPTY = new Uint8Array(0);

/** Chunks in their order: added at the back, taken from the front. */
export class WaitingChunks {
  /** How many bytes they hold. */
  bytes = 0;
  #chunks: Uint8Array[] = [];
  // Chunks before this index were taken.
  #next = 0;
  // The buffer that small chunks are copied into.
  #slab: Uint8Array = EMPTY;

  /** The first of them; only while {@linkcode WaitingChunks.bytes} is not 0. */
  get first(): Uint8Array {
    return this.#chunks[this.#next]!;
  }

  /** Finds a byte, from a position on: its position, or -1. */
  indexOf(value: number, from: number): number {
    let before = 0;
    for (let i = this.#next; i < this.#chunks.length; i++) {
      const chunk = this.#chunks[i]!;
      const index = chunk.indexOf(value, Math.max(0, from - before));
      if (index !== -1) return before + index;
      before += chunk.length;
    }
    return -1;
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

  /** Takes bytes off the front into an array, at a position; gives their number. */
  move(count: number, into: Uint8Array, at: number): number {
    for (let moved = 0; moved < count;) {
      const chunk = this.take(count - moved);
      into.set(chunk, at + moved);
      moved += chunk.length;
    }
    return count;
  }

  #drop(): void {
    this.bytes -= this.first.length;
    this.#next++;
    // Up to half of the list may be unused: moving the rest is as cheap as
    // filling it.
    if (2 * this.#next < this.#chunks.length) return;
    this.#chunks = this.bytes === 0 ? [] : this.#chunks.slice(this.#next);
    this.#next = 0;
  }

  /** Appends a small chunk to the last one, if that is in a slab with room. */
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
