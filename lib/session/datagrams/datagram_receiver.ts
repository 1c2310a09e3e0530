/**
 * The receiving half of a datagram socket: read, decode, deliver.
 *
 * ```text
 * endpoint.receive ─► decode ─┬─► the request that waits for an answer of this peer
 *  one at a time      refuse  ├─► whoever waits for a datagram
 *                             └─► queue, or dropped
 * ```
 *
 * Nothing is read that nobody waits for: until then the system's queue holds
 * datagrams, and drops what does not fit, which costs nothing. With the first
 * request this changes. An answer that comes too late for its request would lie
 * in the system's queue until the next request reads it and takes it for its
 * own, so from then on everything is read as it comes, into a bounded queue.
 *
 * @module
 */

import { ConnectionError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type {
  DatagramEndpoint,
  ReceivedDatagram,
} from "../../transport/datagram_endpoint.ts";
import { DatagramDecoder, diagnosed } from "./datagram_decoder.ts";
import type { Datagram, DatagramSettings } from "./datagram_options.ts";

// Larger than any datagram, so none is cut off, which the runtime would not tell.
const BUFFER_BYTES = 65_536;
// Where datagrams never stop to come, there is no moment of having read them all.
const MOST_TURNS = 10;

/** Whoever waits for a datagram. */
export interface Waiter<T> {
  /**
   * Ends the waiting.
   *
   * @param datagram The datagram, or `undefined` if there will be none.
   */
  give(datagram: Datagram<T> | undefined): void;

  /**
   * Ends the waiting.
   *
   * @param error Why.
   */
  fail(error: unknown): void;
}

/** Whoever wants datagrams of certain peers. */
export interface Claimant<T> {
  /**
   * Tells whether datagrams of a peer are wanted.
   *
   * @param from The peer.
   */
  wants(from: Address): boolean;

  /**
   * Offers a message.
   *
   * @param datagram The message and its sender.
   * @returns Whether it was taken.
   */
  offer(datagram: Datagram<T>): boolean;

  /**
   * Tells that a datagram was none.
   *
   * @param from The peer.
   * @param error Why.
   */
  refused(from: Address, error: unknown): void;
}

/** Receives the datagrams of one socket. */
export class DatagramReceiver<T> {
  /** Bytes received. */
  bytes = 0;
  /** Datagrams received. */
  datagrams = 0;
  /** Datagrams dropped. */
  dropped = 0;
  /** Datagrams refused. */
  refused = 0;
  readonly #endpoint: DatagramEndpoint;
  readonly #settings: DatagramSettings<T>;
  readonly #claimant: Claimant<T>;
  readonly #decoder: DatagramDecoder<T>;
  readonly #waiters: Waiter<T>[] = [];
  readonly #queue: Datagram<T>[] = [];
  readonly #onReceived = (received: ReceivedDatagram) =>
    this.#received(received);
  readonly #onFailure = (error: unknown) => this.#failed(error);
  #buffer: Uint8Array | undefined;
  #queuedBytes = 0;
  #isReading = false;
  #caughtUp: Promise<void> | undefined;
  // How many datagrams had been read when the last turn began.
  #readBefore = -1;
  #turn: ReturnType<typeof setTimeout> | undefined;
  #readsAhead = false;
  #isOver = false;
  #isClosed = false;
  #failure: unknown;

  constructor(
    endpoint: DatagramEndpoint,
    settings: DatagramSettings<T>,
    claimant: Claimant<T>,
  ) {
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#claimant = claimant;
    this.#decoder = new DatagramDecoder(settings);
  }

  /**
   * Takes the next datagram that is already here.
   *
   * @returns The datagram, or `undefined` if there is none.
   */
  take(): Datagram<T> | undefined {
    if (this.#queue.length === 0) return undefined;
    const first = this.#queue.shift()!;
    this.#queuedBytes -= first.bytes;
    return first;
  }

  /**
   * Waits for the next datagram.
   *
   * @param waiter Who gets it.
   */
  wait(waiter: Waiter<T>): void {
    if (this.#failure !== undefined) return waiter.fail(this.#failure);
    if (this.#isOver) return waiter.give(undefined);
    this.#waiters.push(waiter);
    this.#read();
  }

  /**
   * Stops waiting; the datagram goes to whoever waits next.
   *
   * @param waiter Who was given to {@linkcode DatagramReceiver.wait}.
   */
  forget(waiter: Waiter<T>): void {
    const index = this.#waiters.indexOf(waiter);
    if (index >= 0) this.#waiters.splice(index, 1);
  }

  /**
   * Reads whatever comes from now on.
   *
   * @param afresh Whether what has come until now is to be read first, although
   * everything was being read already.
   * @returns Once what had come before was read; `undefined` if it was.
   */
  readAhead(afresh: boolean): Promise<void> | undefined {
    if (afresh || !this.#readsAhead || !this.#isReading) {
      this.#readsAhead = true;
      this.#read();
      // From the beginning, should it be under way.
      this.#readBefore = -1;
      this.#caughtUp ??= this.#catchUp();
    }
    return this.#caughtUp;
  }

  /** Delivers no more datagrams, but to requests; whoever waits sees the end. */
  stop(): void {
    this.#isOver = true;
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    for (const waiter of this.#waiters.splice(0)) waiter.give(undefined);
  }

  /**
   * Delivers no more datagrams, but an error.
   *
   * @param error What whoever waits is thrown, now and later.
   */
  fail(error: unknown): void {
    if (!this.#isOver) this.#failure = error;
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
    this.stop();
  }

  /** Reads no more; who waits for what had come before is told nothing. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#turn);
    this.stop();
  }

  /**
   * Counts and reports a datagram for which there is no room.
   *
   * @param from Who sent it.
   * @param bytes Its size.
   * @param reason Which limit was reached.
   */
  drop(from: Address, bytes: number, reason: string): void {
    this.dropped++;
    this.#settings.onEvent?.({ type: "dropped", from, bytes, reason });
  }

  /** What is in the system's queue is read within one turn of the event loop. */
  async #catchUp(): Promise<void> {
    for (let turn = 0; turn < MOST_TURNS; turn++) {
      if (this.#readBefore === this.datagrams) break;
      this.#readBefore = this.datagrams;
      await new Promise((resolve) => this.#turn = setTimeout(resolve));
    }
    this.#caughtUp = undefined;
  }

  #read(): void {
    if (this.#isReading || this.#isClosed) return;
    if (this.#waiters.length === 0 && !this.#readsAhead) return;
    this.#isReading = true;
    this.#buffer ??= new Uint8Array(BUFFER_BYTES);
    this.#endpoint.receive(this.#buffer)
      .then(this.#onReceived, this.#onFailure);
  }

  #received({ bytes, from }: ReceivedDatagram): void {
    if (this.#isClosed) return;
    this.datagrams++;
    this.bytes += bytes.length;
    this.#deliver(bytes, from);
    // Not before: whoever is given a datagram may ask for the next at once.
    this.#isReading = false;
    this.#read();
  }

  #failed(error: unknown): void {
    this.#isReading = false;
    if (this.#isClosed) return;
    // Some systems tell here that an earlier datagram found nobody. That is no
    // reason for this socket to stop, and it does not say which one it was.
    if (
      error instanceof ConnectionError &&
      (error.code === "reset" || error.code === "refused")
    ) return this.#read();
    // Not read again until someone asks for it: it might fail for ever.
    for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
  }

  #deliver(bytes: Uint8Array, from: Address): void {
    const isClaimed = this.#claimant.wants(from);
    const waiters = this.#waiters;
    if (!isClaimed && waiters.length === 0) {
      const full = this.#full(bytes.length);
      if (full !== undefined) return this.drop(from, bytes.length, full);
    }
    let message: T;
    try {
      message = this.#decoder.decode(bytes);
    } catch (error) {
      return this.#refuse(error, bytes, from, isClaimed);
    }
    const datagram = { message, from, bytes: bytes.length };
    if (isClaimed && this.#claimant.offer(datagram)) return;
    const waiter = waiters.shift();
    if (waiter !== undefined) return waiter.give(datagram);
    const full = this.#full(bytes.length);
    if (full !== undefined) return this.drop(from, bytes.length, full);
    this.#queue.push(datagram);
    this.#queuedBytes += bytes.length;
  }

  #full(bytes: number): string | undefined {
    const { maxQueuedBytes, maxQueuedDatagrams } = this.#settings;
    if (this.#isOver) return "nobody receives on this socket any more";
    if (this.#queue.length >= maxQueuedDatagrams) {
      return `${this.#queue.length} of ${maxQueuedDatagrams} datagrams wait to be received (maxQueuedDatagrams)`;
    }
    if (this.#queuedBytes + bytes > maxQueuedBytes) {
      return `${this.#queuedBytes} of ${maxQueuedBytes} bytes wait to be received (maxQueuedBytes)`;
    }
    return undefined;
  }

  /** Anyone can send anything: it costs the datagram, never the socket. */
  #refuse(
    error: unknown,
    bytes: Uint8Array,
    from: Address,
    isClaimed: boolean,
  ): void {
    this.refused++;
    const { onEvent } = this.#settings;
    if (onEvent === undefined && !isClaimed) return;
    const complete = diagnosed(error, bytes, from);
    if (isClaimed) this.#claimant.refused(from, complete);
    onEvent?.({ type: "refused", from, bytes: bytes.length, error: complete });
  }
}
