/**
 * Iterating over a socket's datagrams; by hand, as for messages.
 *
 * @module
 */

import type { Datagram } from "./datagram_options.ts";
import type { Inbox } from "./inbox.ts";

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Datagrams one by one. */
export class DatagramIterator<T> implements AsyncIterableIterator<Datagram<T>> {
  readonly #inbox: Inbox<T>;

  constructor(inbox: Inbox<T>) {
    this.#inbox = inbox;
  }

  next(): Promise<IteratorResult<Datagram<T>>> {
    const value = this.#inbox.take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve, fail) => {
      const give = (value: Datagram<T> | undefined) =>
        resolve(value === undefined ? DONE : { done: false, value });
      this.#inbox.wait({ give, fail });
    });
  }

  // Leaving a loop leaves the socket open.
  return(): Promise<IteratorResult<Datagram<T>>> {
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
