/**
 * Bytes that arrived before they were read, up to a bound.
 *
 * @module
 */

/** A queue of chunks, taken in pieces of any size. */
export class ReadAhead {
  readonly #mostBytes: number;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #makeRoom: (() => void) | undefined;

  /**
   * Creates an empty queue.
   *
   * @param mostBytes The number of bytes that fills the queue.
   */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Whether there is nothing to take. */
  get isEmpty(): boolean {
    return this.#chunks.length === 0;
  }

  /**
   * Adds bytes, even beyond the bound.
   *
   * @param chunk The bytes, which the queue owns from now on.
   */
  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
  }

  /**
   * Takes bytes off the front.
   *
   * @returns How many bytes were taken: all that are there, or as many as fit.
   */
  take(into: Uint8Array): number {
    let count = 0;
    while (count < into.length && this.#chunks.length > 0) {
      const chunk = this.#chunks[0]!;
      const room = into.length - count;
      into.set(chunk.length > room ? chunk.subarray(0, room) : chunk, count);
      if (chunk.length > room) {
        this.#chunks[0] = chunk.subarray(room);
        count = into.length;
      } else {
        this.#chunks.shift();
        count += chunk.length;
      }
    }
    this.#bytes -= count;
    if (this.#bytes < this.#mostBytes) this.#makeRoom?.();
    return count;
  }

  /**
   * Waits for room.
   *
   * @returns A promise, or `undefined` if there is room.
   */
  room(): Promise<void> | undefined {
    if (this.#bytes < this.#mostBytes) return undefined;
    return new Promise((resolve) => this.#makeRoom = resolve);
  }

  /** Drops everything. */
  clear(): void {
    this.#chunks = [];
    this.#bytes = 0;
  }
}
