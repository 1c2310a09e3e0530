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

import { rejected, unawaited } from "../channel/waiters.ts";
import type { MessageReader } from "./message_reader.ts";

// Larger batches save nothing any more, and their messages live long enough to
// be copied by the garbage collector: 10 % slower at 4096.
const MOST_MESSAGES = 128;

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Messages one by one. */
export class MessageIterator<T> implements AsyncIterableIterator<T> {
  readonly #reader: MessageReader<T>;
  readonly #waiting = new Waiting(() => this.#result() ?? this.#later());

  constructor(reader: MessageReader<T>) {
    this.#reader = reader;
  }

  next(): Promise<IteratorResult<T>> {
    try {
      const result = this.#result();
      return result === undefined ? this.#later() : Promise.resolve(result);
    } catch (error) {
      return rejected(error);
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
    return this.#waiting.after(this.#reader.fill());
  }
}

/** Messages in arrays. */
export class BatchIterator<T> implements AsyncIterableIterator<T[]> {
  readonly #reader: MessageReader<T>;
  readonly #reuse: boolean;
  #last: T[] = [];
  readonly #waiting = new Waiting(() => this.#result() ?? this.#later());

  constructor(reader: MessageReader<T>, reuse: boolean) {
    this.#reader = reader;
    this.#reuse = reuse;
  }

  next(): Promise<IteratorResult<T[]>> {
    try {
      const result = this.#result();
      return result === undefined ? this.#later() : Promise.resolve(result);
    } catch (error) {
      return rejected(error);
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
    return this.#waiting.after(this.#reader.fill());
  }
}

/**
 * What waits for a read. A peer can make it fail before the program comes to await it,
 * which must not end the program: the next call fails in the same way. Looking after
 * each promise would cost a second one per read, so only the one that fails is marked.
 */
class Waiting<R> {
  readonly #onFilled: () => R | Promise<R>;
  #first: Promise<R> | undefined;
  #count = 0;

  constructor(onFilled: () => R | Promise<R>) {
    this.#onFilled = () => {
      const first = this.#first;
      this.#first = undefined;
      this.#count--;
      try {
        const result = onFilled();
        if (result instanceof Promise) first?.then(undefined, unawaited);
        return result;
      } catch (error) {
        first?.then(undefined, unawaited);
        throw error;
      }
    };
  }

  after(filled: Promise<void>): Promise<R> {
    const result = filled.then(this.#onFilled);
    // Several at once are rare.
    if (this.#count++ > 0) result.then(undefined, unawaited);
    else this.#first = result;
    return result;
  }
}
