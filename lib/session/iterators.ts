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

// A read brings at most 64 KiB, so a batch rarely reaches this; it bounds the
// array when many empty messages wait in a large buffer.
const MOST_MESSAGES = 4096;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Messages one by one. */
export class MessageIterator<T> implements AsyncIterableIterator<T> {
  readonly #receiver: Receiver<T>;
  readonly #receive: () => Promise<T | undefined>;

  constructor(
    receiver: Receiver<T>,
    receive: () => Promise<T | undefined>,
  ) {
    this.#receiver = receiver;
    this.#receive = receive;
  }

  next(): Promise<IteratorResult<T>> {
    try {
      const value = this.#receiver.take();
      if (value !== undefined) return Promise.resolve({ done: false, value });
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#later();
  }

  // Leaving a loop leaves the connection open: it may have more to say.
  return(): Promise<IteratorResult<T>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async #later(): Promise<IteratorResult<T>> {
    const value = await this.#receive();
    return value === undefined ? DONE : { done: false, value };
  }
}

/** Messages in arrays. */
export class BatchIterator<T> implements AsyncIterableIterator<T[]> {
  readonly #receiver: Receiver<T>;
  readonly #receive: () => Promise<T | undefined>;
  readonly #reuse: boolean;
  #stopped: { error: unknown } | undefined;

  constructor(
    receiver: Receiver<T>,
    receive: () => Promise<T | undefined>,
    reuse: boolean,
  ) {
    this.#receiver = receiver;
    this.#receive = receive;
    this.#reuse = reuse;
  }

  async next(): Promise<IteratorResult<T[]>> {
    if (this.#stopped !== undefined) throw this.#stopped.error;
    if (this.#reuse) this.#receiver.release();
    const first = await this.#receive();
    if (first === undefined) return DONE;
    const value: T[] = [first];
    try {
      while (value.length < MOST_MESSAGES) {
        const message = this.#receiver.take();
        if (message === undefined) break;
        value.push(message);
      }
    } catch (error) {
      // The messages before it come first.
      this.#stopped = { error };
    }
    return { done: false, value };
  }

  return(): Promise<IteratorResult<T[]>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
