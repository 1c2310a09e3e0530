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

/**
 * What waits for reads. A peer can make a call fail before the program comes to await
 * it, which must not end the program: the next call fails in the same way. Looking
 * after each promise would cost a second one per read, so only the one that fails is
 * marked.
 */
abstract class Reads<T, R> {
  protected readonly reader: MessageReader<T>;
  // The one closure of an iterator: more of them would make the end of a short
  // connection wait for a full collection of garbage.
  readonly #onFilled = () => this.#filled();
  #first: Promise<R> | undefined;
  #count = 0;

  constructor(reader: MessageReader<T>) {
    this.reader = reader;
  }

  /** What is here already, or the end; `undefined` for nothing yet. */
  protected abstract result(): R | undefined;

  next(): Promise<R> {
    try {
      const result = this.result();
      return result === undefined ? this.#later() : Promise.resolve(result);
    } catch (error) {
      return rejected(error);
    }
  }

  #later(): Promise<R> {
    const result = this.reader.fill().then(this.#onFilled);
    // Several at once are rare.
    if (this.#count++ > 0) result.then(undefined, unawaited);
    else this.#first = result;
    return result;
  }

  #filled(): R | Promise<R> {
    const first = this.#first;
    this.#first = undefined;
    this.#count--;
    try {
      const result = this.result();
      if (result !== undefined) return result;
      first?.then(undefined, unawaited);
      return this.#later();
    } catch (error) {
      first?.then(undefined, unawaited);
      throw error;
    }
  }
}

/** Messages one by one. */
export class MessageIterator<T> extends Reads<T, IteratorResult<T>>
  implements AsyncIterableIterator<T> {
  // Leaving a loop leaves the connection open: it may have more to say.
  return(): Promise<IteratorResult<T>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What is here already: a message, the end, or nothing yet. */
  protected override result(): IteratorResult<T> | undefined {
    const value = this.reader.take();
    if (value !== undefined) return { done: false, value };
    return this.reader.isOver ? DONE : undefined;
  }
}

/** Messages in arrays. */
export class BatchIterator<T> extends Reads<T, IteratorResult<T[]>>
  implements AsyncIterableIterator<T[]> {
  readonly #reuse: boolean;
  #last: T[] = [];

  constructor(reader: MessageReader<T>, reuse: boolean) {
    super(reader);
    this.#reuse = reuse;
  }

  return(): Promise<IteratorResult<T[]>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What is here already: messages, the end, or nothing yet. */
  protected override result(): IteratorResult<T[]> | undefined {
    const reader = this.reader;
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
    this.reader.release();
  }
}
