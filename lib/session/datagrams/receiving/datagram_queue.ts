/**
 * Datagrams on their way to the program: those that wait to be received, or the
 * calls that wait for one. Never both.
 *
 * ```text
 *   open ── end() ──────► ended     calls get undefined, now and later
 *    └───── fail(error) ─► failed    calls are thrown the error
 * ```
 *
 * @module
 */

import type { Datagram } from "../datagram_options.ts";

/** A call that waits for a datagram. */
export interface Waiter<T> {
  /** Ends the wait; `undefined` if no datagram will come. */
  give(datagram: Datagram<T> | undefined): void;

  /** Ends the wait with an error. */
  fail(error: unknown): void;
}

/** How much may wait to be received. */
export interface QueueLimits {
  readonly maxQueuedBytes: number;
  readonly maxQueuedDatagrams: number;
}

/** Why there is no room for a datagram. */
export interface Overflow {
  readonly reason: string;
  /** The option that is the limit; `undefined` if nothing receives any more. */
  readonly option?: string;
}

type State = "open" | "ended" | "failed";

const OVER: Overflow = { reason: "nothing is received here any more" };

/** Holds the datagrams of one socket, a bounded number. */
export class DatagramQueue<T> {
  #state: State = "open";
  #failure: unknown;
  readonly #limits: QueueLimits;
  readonly #waiters: Waiter<T>[] = [];
  readonly #datagrams: Datagram<T>[] = [];
  #bytes = 0;

  constructor(limits: QueueLimits) {
    this.#limits = limits;
  }

  /** Whether a call waits for a datagram. */
  get isAwaited(): boolean {
    return this.#waiters.length > 0;
  }

  /** Takes the next datagram, or `undefined` if none is here. */
  take(): Datagram<T> | undefined {
    if (this.#datagrams.length === 0) return undefined;
    const first = this.#datagrams.shift()!;
    this.#bytes -= first.bytes;
    return first;
  }

  /** Makes a call wait for the next datagram; {@linkcode DatagramQueue.take} gave none. */
  wait(waiter: Waiter<T>): void {
    if (this.#state === "failed") waiter.fail(this.#failure);
    else if (this.#state === "ended") waiter.give(undefined);
    else this.#waiters.push(waiter);
  }

  /** Lets a call wait no longer; the datagram goes to the one that waits next. */
  forget(waiter: Waiter<T>): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }

  /** Why a datagram of this size has no room, or `undefined` if it has. */
  overflow(bytes: number): Overflow | undefined {
    if (this.#waiters.length > 0) return undefined;
    if (this.#state !== "open") return OVER;
    const { maxQueuedBytes, maxQueuedDatagrams } = this.#limits;
    const { length } = this.#datagrams;
    if (length >= maxQueuedDatagrams) {
      return {
        reason:
          `${length} of ${maxQueuedDatagrams} datagrams wait to be received`,
        option: "maxQueuedDatagrams",
      };
    }
    if (this.#bytes + bytes > maxQueuedBytes) {
      return {
        reason: `${this.#bytes} of ${maxQueuedBytes} bytes wait to be received`,
        option: "maxQueuedBytes",
      };
    }
    return undefined;
  }

  /** Gives a datagram to the call that waits longest, or keeps it. */
  put(datagram: Datagram<T>): void {
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) return waiter.give(datagram);
    this.#datagrams.push(datagram);
    this.#bytes += datagram.bytes;
  }

  /** Throws an error at the calls that wait now, and at no later ones. */
  interrupt(error: unknown): void {
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
  }

  /** Drops what waits to be received; no datagram comes out any more. */
  end(): void {
    if (this.#state === "open") this.#state = "ended";
    this.#datagrams.length = 0;
    this.#bytes = 0;
    for (const waiter of this.#waiters.splice(0)) waiter.give(undefined);
  }

  /** As {@linkcode DatagramQueue.end}, with an error for the calls instead. */
  fail(error: unknown): void {
    if (this.#state === "open") {
      this.#state = "failed";
      this.#failure = error;
    }
    this.interrupt(error);
    this.end();
  }
}
