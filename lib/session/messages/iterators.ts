/**
 * The two ways to iterate over a connection's messages.
 *
 * Written by hand: an async generator costs twice as much per message. What is
 * already decoded is handed out as a resolved promise, and only an empty buffer
 * leads to a read. What a read brought settles the promise of `next` itself: a
 * promise in between would take three turns of the microtask queue.
 *
 * @module
 */

import type { MessageReader } from "./message_reader.ts";

// Larger batches save nothing any more, and their messages live long enough to
// be copied by the garbage collector: 10 % slower at 4096.
const MOST_MESSAGES = 128;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Messages one by one. */
export class MessageIterator<T> implements AsyncIterableIterator<T> {
  readonly #reader: MessageReader<T>;
  readonly #onFilled = () => this.#result() ?? this.#later();

  constructor(reader: MessageReader<T>) {
    this.#reader = reader;
  }

  next(): Promise<IteratorResult<T>> {
    try {
      const result = this.#result();
      return result === undefined ? this.#later() : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  // Leaving a loop leaves the connection open: it may have more to say.
  return(): Promise<IteratorResult<T>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What is here already: a message, the end, or nothing yet. */
  #result(): IteratorResult<T> | undefined {
    const value = this.#reader.take();
    if (value !== undefined) return { done: false, value };
    return this.#reader.isOver ? DONE : undefined;
  }

  #later(): Promise<IteratorResult<T>> {
    return this.#reader.fill().then(this.#onFilled);
  }
}

/** Messages in arrays. */
export class BatchIterator<T> implements AsyncIterableIterator<T[]> {
  readonly #reader: MessageReader<T>;
  readonly #reuse: boolean;
  #last: T[] = [];
  readonly #onFilled = () => this.#result() ?? this.#later();

  constructor(reader: MessageReader<T>, reuse: boolean) {
    this.#reader = reader;
    this.#reuse = reuse;
  }

  next(): Promise<IteratorResult<T[]>> {
    try {
      const result = this.#result();
      return result === undefined ? this.#later() : Promise.resolve(result);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  return(): Promise<IteratorResult<T[]>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What is here already: messages, the end, or nothing yet. */
  #result(): IteratorResult<T[]> | undefined {
    const reader = this.#reader;
    if (this.#reuse) this.#releaseLast();
    const value: T[] = [];
    reader.takeBatch(value, MOST_MESSAGES);
    if (value.length > 0) {
      if (this.#reuse) this.#last = value;
      return { done: false, value };
    }
    return reader.isOver ? DONE : undefined;
  }

  /** A loop that waits still holds its batch, and with it a message of any size. */
  #releaseLast(): void {
    const last = this.#last;
    // A third of the price of setting the length, for the batches of a round trip.
    if (last.length === 1) last.pop();
    else if (last.length > 0) last.length = 0;
    this.#reader.release();
  }

  #later(): Promise<IteratorResult<T[]>> {
    return this.#reader.fill().then(this.#onFilled);
  }
}
