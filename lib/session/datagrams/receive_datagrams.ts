/**
 * Receiving a socket's datagrams, one or all of them; iterating is done by hand,
 * as for messages.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { Datagram } from "./datagram_options.ts";
import type { DatagramReceiver } from "./datagram_receiver.ts";
import type { ReceiveOptions } from "../messages/receive_options.ts";
import { checkDuration } from "../../check.ts";
import { within } from "../../time/within.ts";

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Datagrams one by one. */
export class DatagramIterator<T> implements AsyncIterableIterator<Datagram<T>> {
  readonly #receiver: DatagramReceiver<T>;

  constructor(receiver: DatagramReceiver<T>) {
    this.#receiver = receiver;
  }

  next(): Promise<IteratorResult<Datagram<T>>> {
    const value = this.#receiver.take();
    if (value !== undefined) return Promise.resolve({ done: false, value });
    return new Promise((resolve, fail) => {
      const give = (value: Datagram<T> | undefined) =>
        resolve(value === undefined ? DONE : { done: false, value });
      this.#receiver.wait({ give, fail });
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
 * @param receiver Where it comes in.
 * @param address Where the socket receives, for messages.
 * @param options A time limit and a signal.
 * @returns The datagram, or `undefined` if there will be none.
 * @throws {TimeoutError} If none came in time.
 * @throws {unknown} The signal's reason, or what the system failed with.
 */
export async function receiveDatagram<T>(
  receiver: DatagramReceiver<T>,
  address: Address,
  { signal, timeoutMs = Infinity }: ReceiveOptions,
): Promise<Datagram<T> | undefined> {
  checkDuration("timeoutMs", timeoutMs);
  signal?.throwIfAborted();
  const here = receiver.take();
  if (here !== undefined) return here;
  const { promise, resolve, reject } = Promise.withResolvers<
    Datagram<T> | undefined
  >();
  const waiter = { give: resolve, fail: reject };
  receiver.wait(waiter);
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
    receiver.forget(waiter);
  }
}
