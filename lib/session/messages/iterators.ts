/**
 * The two ways to iterate over a connection's messages.
 *
 * Written by hand: an async generator costs twice as much per message. What is
 * already decoded is handed out as a resolved promise, and only an empty buffer
 * leads to a read.
 *
 * @module
 */

import type { Receiver } from "./receiver.ts";

// Larger batches save nothing any more, and their messages live long enough to
// be copied by the garbage collector: 10 % slower at 4096.
const MOST_MESSAGES = 128;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** What an iterator needs of its connection. */
export interface MessageSource<T> {
  /** Where the messages are decoded. */
  readonly receiver: Receiver<T>;

  /**
   * Waits for more bytes, having sent what waits to be sent.
   *
   * @returns A promise that never rejects.
   */
  more(): Promise<void>;
}

/** Messages one by one. */
export class MessageIterator<T> implements AsyncIterableIterator<T> {
  readonly #source: MessageSource<T>;
  readonly #receiver: Receiver<T>;

  constructor(source: MessageSource<T>) {
    this.#source = source;
    this.#receiver = source.receiver;
  }

  next(): Promise<IteratorResult<T>> {
    try {
      const value = this.#receiver.take();
      if (value !== undefined) return Promise.resolve({ done: false, value });
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#receiver.over
      ? Promise.resolve(DONE)
      : this.#source.more().then(() => this.next());
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
  readonly #source: MessageSource<T>;
  readonly #receiver: Receiver<T>;
  readonly #reuse: boolean;

  constructor(source: MessageSource<T>, reuse: boolean) {
    this.#source = source;
    this.#receiver = source.receiver;
    this.#reuse = reuse;
  }

  next(): Promise<IteratorResult<T[]>> {
    const receiver = this.#receiver;
    if (this.#reuse) receiver.release();
    const value: T[] = [];
    try {
      while (value.length < MOST_MESSAGES) {
        const message = receiver.take();
        if (message === undefined) break;
        value.push(message);
      }
    } catch (error) {
      // The messages before it come first; then it is thrown again.
      if (value.length === 0) return Promise.reject(error);
    }
    if (value.length > 0) return Promise.resolve({ done: false, value });
    return receiver.over
      ? Promise.resolve(DONE)
      : this.#source.more().then(() => this.next());
  }

  return(): Promise<IteratorResult<T[]>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
