/**
 * The two ways to iterate over a connection's messages.
 *
 * Written by hand: an async generator costs twice as much per message. What is
 * already decoded is handed out as a resolved promise, and only an empty buffer
 * leads to a read.
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

  constructor(reader: MessageReader<T>) {
    this.#reader = reader;
  }

  next(): Promise<IteratorResult<T>> {
    try {
      const value = this.#reader.take();
      if (value !== undefined) return Promise.resolve({ done: false, value });
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#reader.isOver
      ? Promise.resolve(DONE)
      : this.#reader.fill().then(() => this.next());
  }

  // Leaving a loop leaves the connection open: it may have more to say.
  return(): Promise<IteratorResult<T>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** Messages in arrays. */
export class BatchIterator<T> implements AsyncIterableIterator<T[]> {
  readonly #reader: MessageReader<T>;
  readonly #reuse: boolean;

  constructor(reader: MessageReader<T>, reuse: boolean) {
    this.#reader = reader;
    this.#reuse = reuse;
  }

  next(): Promise<IteratorResult<T[]>> {
    const reader = this.#reader;
    if (this.#reuse) reader.release();
    const value: T[] = [];
    try {
      reader.takeBatch(value, MOST_MESSAGES);
    } catch (error) {
      return Promise.reject(error);
    }
    if (value.length > 0) return Promise.resolve({ done: false, value });
    return reader.isOver
      ? Promise.resolve(DONE)
      : this.#reader.fill().then(() => this.next());
  }

  return(): Promise<IteratorResult<T[]>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
