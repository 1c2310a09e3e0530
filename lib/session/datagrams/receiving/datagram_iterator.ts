/**
 * Receiving the datagrams of a socket, one or all of them. The iterator is
 * written by hand: an async generator costs more than the rest of a datagram.
 *
 * @module
 */

import { checkDuration } from "../../../check.ts";
import { TimeoutError } from "../../../errors.ts";
import type { Time } from "../../../time/time.ts";
import { within } from "../../../time/within.ts";
import type { Address } from "../../../transport/address.ts";
import type { ReceiveOptions } from "../../messages/receive_options.ts";
import type { Datagram } from "../datagram_options.ts";
import type { DatagramReceiver } from "./datagram_receiver.ts";

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

/** Receives one datagram, as of `DatagramSocket.receive`. */
export async function receiveDatagram<T>(
  receiver: DatagramReceiver<T>,
  address: Address,
  { signal, timeoutMs = Infinity }: ReceiveOptions,
  time: Time,
): Promise<Datagram<T> | undefined> {
  checkDuration("timeoutMs", timeoutMs, "0 or above");
  signal?.throwIfAborted();
  const here = receiver.take();
  if (here !== undefined) return here;
  const { promise, resolve, reject } = Promise.withResolvers<
    Datagram<T> | undefined
  >();
  const waiter = { give: resolve, fail: reject };
  receiver.wait(waiter);
  if (timeoutMs === Infinity && signal === undefined) return await promise;
  // In one step: a datagram that comes at the same moment goes to this call or to
  // the next one, and is not lost between them.
  const giveUp = (error: unknown) => {
    receiver.forget(waiter);
    reject(error);
  };
  const late = () =>
    new TimeoutError("receive", timeoutMs, {
      action: "receive on",
      address: String(address),
      reason: `no datagram within ${timeoutMs} ms`,
      option: "timeoutMs",
    });
  // What has come may lie in the system's queue, which takes a turn to look at.
  if (timeoutMs === 0) receiver.catchUp().then(() => giveUp(late()));
  const limitMs = timeoutMs === 0 ? Infinity : timeoutMs;
  const limit = within(limitMs, signal, late, time);
  limit.race(promise).catch(giveUp);
  try {
    return await promise;
  } finally {
    limit.clear();
  }
}
