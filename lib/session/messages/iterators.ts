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
// The batch before the first one. Nothing is added to it.
const NOTHING: never[] = [];

/**
 * What both iterators share: the promises of `next` that wait for a read. A peer can
 * make a call fail before the program comes to await it, which must not end the
 * program: the next call fails in the same way. Looking after each promise would cost
 * a second one per read, so only the one that fails is marked.
 */
abstract class ReaderIterator<T, V> implements AsyncIterableIterator<V> {
  readonly #reader: MessageReader<T>;
  // The call of `next` that waits for a read, and how it is settled.
  #waiting: Promise<IteratorResult<V>> | undefined;
  #resolve: ((result: IteratorResult<V>) => void) | undefined;
  #reject: ((error: unknown) => void) | undefined;
  // The latest call of `next` that is not settled. Most programs have one at a time.
  #last: Promise<IteratorResult<V>> | undefined;
  // The one closure of an iterator: more of them would make the end of a short
  // connection wait for a full collection of garbage.
  readonly #onFilled = () => this.#filled();

  constructor(reader: MessageReader<T>) {
    this.#reader = reader;
  }

  next(): Promise<IteratorResult<V>> {
    return this.#last === undefined ? this.#begin() : this.#after(this.#last);
  }

  // Leaving a loop leaves the connection open: it may have more to say.
  return(): Promise<IteratorResult<V>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** What is here already: messages, the end, or nothing yet. */
  protected abstract result(
    reader: MessageReader<T>,
  ): IteratorResult<V> | undefined;

  #begin(): Promise<IteratorResult<V>> {
    try {
      const result = this.result(this.#reader);
      if (result !== undefined) return Promise.resolve(result);
    } catch (error) {
      return rejected(error);
    }
    const promise = new Promise<IteratorResult<V>>((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.#waiting = promise;
    this.#last ??= promise;
    this.#reader.fillThen(this.#onFilled);
    return promise;
  }

  /** Begins when the call before is settled, so that messages keep their order. */
  #after(before: Promise<unknown>): Promise<IteratorResult<V>> {
    const begin = () => this.#begin();
    const last = this.#last = before.then(begin, begin);
    const end = () => {
      if (this.#last === last) this.#last = undefined;
    };
    last.then(end, end);
    return last;
  }

  #filled(): void {
    try {
      const result = this.result(this.#reader);
      if (result === undefined) return this.#reader.fillThen(this.#onFilled);
      this.#resolve!(result);
    } catch (error) {
      this.#waiting!.then(undefined, unawaited);
      this.#reject!(error);
    }
    if (this.#last === this.#waiting) this.#last = undefined;
    this.#waiting = this.#resolve = this.#reject = undefined;
  }
}

/** Messages one by one. */
export class MessageIterator<T> extends ReaderIterator<T, T> {
  protected override result(
    reader: MessageReader<T>,
  ): IteratorResult<T> | undefined {
    const value = reader.take();
    if (value !== undefined) return { done: false, value };
    return reader.isOver ? DONE : undefined;
  }
}

/** Messages in arrays. */
export class BatchIterator<T> extends ReaderIterator<T, T[]> {
  readonly #reuse: boolean;
  #before: T[] = NOTHING;

  constructor(reader: MessageReader<T>, reuse: boolean) {
    super(reader);
    this.#reuse = reuse;
  }

  protected override result(
    reader: MessageReader<T>,
  ): IteratorResult<T[]> | undefined {
    if (this.#reuse) this.#release(reader);
    const value = reader.takeBatch(MOST_MESSAGES);
    if (value === undefined) return reader.isOver ? DONE : undefined;
    if (this.#reuse) this.#before = value;
    return { done: false, value };
  }

  /** A loop that waits still holds its batch, and with it a message of any size. */
  #release(reader: MessageReader<T>): void {
    const before = this.#before;
    // A third of the price of setting the length, for the batches of a round trip.
    if (before.length === 1) before.pop();
    else if (before.length > 0) before.length = 0;
    reader.release();
  }
}
