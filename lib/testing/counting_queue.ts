/**
 * A byte queue that counts how many bytes a decoder examines, so that linear
 * cost can be shown without a clock.
 *
 * @module
 */

import { ByteQueue } from "../bytes/byte_queue.ts";

/** A byte queue that counts. */
export class CountingQueue extends ByteQueue {
  /** How many bytes were examined; taking a message does not count. */
  looked = 0;

  override byte(index: number): number {
    this.looked++;
    return super.byte(index);
  }

  override uint32(index: number): number {
    this.looked += 4;
    return super.uint32(index);
  }

  override indexOf(value: number, from = 0): number {
    const found = super.indexOf(value, from);
    this.looked += (found === -1 ? this.length : found + 1) - from;
    return found;
  }

  override peek(start: number, end: number): Uint8Array {
    this.looked += end - start;
    return super.peek(start, end);
  }
}
