/**
 * A look at a queue that takes nothing before `commit`.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";

/**
 * Lets a decoder take a message whose content is still to be checked: what it
 * takes stays in the queue until {@linkcode TentativeQueue.commit}.
 */
export class TentativeQueue implements ReadableQueue {
  #queue!: ReadableQueue;
  #taken = 0;

  /** How many bytes were taken and not committed. */
  get taken(): number {
    return this.#taken;
  }

  get length(): number {
    return this.#queue.length - this.#taken;
  }

  get offset(): number {
    return this.#queue.offset + this.#taken;
  }

  /** Begins at the front of a queue, of which nothing may be uncommitted. */
  over(queue: ReadableQueue): this {
    this.#queue = queue;
    return this;
  }

  /** Takes off the queue what was taken here, or the first bytes of it. */
  commit(count: number = this.#taken): void {
    this.#queue.skip(count);
    this.#taken -= count;
  }

  has(count: number): boolean {
    return this.#queue.has(this.#taken + count);
  }

  gather(): number {
    return this.#queue.gather() - this.#taken;
  }

  byte(index: number): number {
    return this.#queue.byte(this.#taken + index);
  }

  uint32(index: number): number {
    return this.#queue.uint32(this.#taken + index);
  }

  indexOf(value: number, from = 0): number {
    const at = this.#queue.indexOf(value, this.#taken + from);
    return at === -1 ? -1 : at - this.#taken;
  }

  peek(start: number, end: number): Uint8Array {
    return this.#queue.peek(this.#taken + start, this.#taken + end);
  }

  take(count: number, skipBefore = 0): Uint8Array {
    const start = skipBefore;
    const message = this.peek(start, start + count);
    this.#taken += start + count;
    return message;
  }

  skip(count: number): void {
    this.#taken += count;
  }
}
