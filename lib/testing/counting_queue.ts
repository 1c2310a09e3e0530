/**
 * A byte queue that counts how many bytes a decoder examines and copies, so that
 * linear cost can be shown without a clock, and that ends a decoder which never
 * returns.
 *
 * @module
 */

import { ByteQueue } from "../bytes/byte_queue.ts";

/** The decoder has used the queue far more often than its bytes allow. */
export class EndlessLoop extends Error {}

// A decoder may ask a few questions for each byte, and again with each chunk.
const CALLS_PER_BYTE = 100;
const SPARE_CALLS = 10_000;

/** A byte queue that counts. */
export class CountingQueue extends ByteQueue {
  /** How many bytes were examined; taking a message does not count. */
  looked = 0;
  #calls = 0;
  #mostCalls = SPARE_CALLS;

  /** How many bytes were examined or copied. */
  get work(): number {
    return this.looked + this.copiedBytes;
  }

  override push(chunk: Uint8Array): void {
    this.#mostCalls += CALLS_PER_BYTE * (chunk.length + 1);
    super.push(chunk);
  }

  override has(count: number): boolean {
    this.#call();
    return super.has(count);
  }

  override gather(): number {
    this.#call();
    return super.gather();
  }

  override byte(index: number): number {
    this.#call();
    this.looked++;
    return super.byte(index);
  }

  override uint32(index: number): number {
    this.#call();
    this.looked += 4;
    return super.uint32(index);
  }

  override indexOf(value: number, from = 0): number {
    this.#call();
    const found = super.indexOf(value, from);
    this.looked += (found === -1 ? this.length : found + 1) - from;
    return found;
  }

  override peek(start: number, end: number): Uint8Array {
    this.#call();
    this.looked += end - start;
    return super.peek(start, end);
  }

  #call(): void {
    if (++this.#calls <= this.#mostCalls) return;
    throw new EndlessLoop("it asks the queue without end");
  }
}
