/**
 * Receiving a socket's datagrams, one or all of them; iterating is done by hand,
 * as for messages.
 *
 * @module
 */

import { TimeoutError } from "../errors.ts";
import type { Address } from "../transport/address.ts";
import type { Datagram } from "./datagram_options.ts";
import type { Inbox } from "./inbox.ts";
import type { ReceiveOptions } from "./receive_options.ts";
import { checkDuration } from "./settings.ts";
import { within } from "./within.ts";

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

/**
 * Receives one datagram.
 *
 * @param inbox Where it comes in.
 * @param address Where the socket receives, for messages.
 * @param options A time limit and a signal.
 * @returns The datagram, or `undefined` if there will be none.
 * @throws {TimeoutError} If none came in time.
 * @throws {unknown} The signal's reason, or what the system failed with.
 */
export async function receiveDatagram<T>(
  inbox: Inbox<T>,
  address: Address,
  { signal, timeoutMs = Infinity }: ReceiveOptions,
): Promise<Datagram<T> | undefined> {
  checkDuration("timeoutMs", timeoutMs);
  signal?.throwIfAborted();
  const here = inbox.take();
  if (here !== undefined) return here;
  const { promise, resolve, reject } = Promise.withResolvers<
    Datagram<T> | undefined
  >();
  const waiter = { give: resolve, fail: reject };
  inbox.wait(waiter);
  if (timeoutMs === Infinity && signal === undefined) return await promise;
  const limit = within(timeoutMs, signal, () =>
    new TimeoutError(
      "receive",
      timeoutMs,
      `Cannot receive on ${address}: no datagram within ${timeoutMs} ms`,
    ));
  try {
    return await limit.race(promise);
  } finally {
    limit.clear();
    inbox.forget(waiter);
  }
}
