/**
 * Pieces that are written together.
 *
 * @module
 */

import { ByteSink } from "../../../lib/framing/mod.ts";

// Up to here a buffer is kept. A longer one is dropped by the first batch that needs
// less than a quarter of it: a disk that was slow once must not keep 4 MiB.
const KEPT_BYTES = 256 * 1024;

/** Collects pieces, one behind the other. */
export class Batch {
  #sink = new ByteSink();
  // Where each piece ends.
  #ends: number[] = [];

  /** How many bytes it has. */
  get length(): number {
    return this.#sink.length;
  }

  /** All pieces, valid until {@linkcode Batch.clear}. */
  get bytes(): Uint8Array {
    return this.#sink.copied();
  }

  /** Appends a piece, which is copied. */
  add(piece: Uint8Array): void {
    this.#sink.copy(piece);
    this.#ends.push(this.#sink.length);
  }

  /** How many bytes the pieces have that are whole within so many bytes. */
  wholeBytes(count: number): number {
    return this.#ends.findLast((end) => end <= count) ?? 0;
  }

  /** Begins again. */
  clear(): void {
    const { capacity, length } = this.#sink;
    this.#sink.clear();
    this.#ends = [];
    if (capacity > KEPT_BYTES && length < capacity / 4) {
      this.#sink = new ByteSink();
    }
  }
}
