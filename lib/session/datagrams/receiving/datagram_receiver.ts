/**
 * The receiving half of a datagram socket: read, decode, deliver.
 *
 * ```text
 * reader ─► decode ─┬─► the pending request that the datagram is the reply to
 *           refuse  ├─► the call that waits for a datagram
 *                   └─► queue, or dropped
 * ```
 *
 * With the first request it begins to read ahead. A reply that comes too late for
 * its request would lie in the system's queue until the next request reads it and
 * takes it for its own, so from then on everything is read as it comes, into a
 * bounded queue.
 *
 * @module
 */

import { ConnectionError } from "../../../errors.ts";
import type { Address } from "../../../transport/address.ts";
import type {
  DatagramEndpoint,
  ReceivedDatagram,
} from "../../../transport/datagram_endpoint.ts";
import { DatagramDecoder, diagnosed } from "./datagram_decoder.ts";
import type { Datagram, DatagramSettings } from "../datagram_options.ts";
import { DatagramQueue, type Overflow, type Waiter } from "./datagram_queue.ts";
import { DatagramReader } from "./datagram_reader.ts";

/** Finds the datagrams that are replies. */
export interface ReplyMatcher<T> {
  /** Whether a reply of a peer is awaited. */
  expects(from: Address): boolean;

  /** Takes a datagram if it is a reply; returns whether it was. */
  match(datagram: Datagram<T>): boolean;

  /** Takes note that a datagram of a peer could not be decoded. */
  refused(from: Address, error: unknown): void;

  /** Takes note that the system says of a datagram that nothing received it. */
  unreachable(error: ConnectionError): void;
}

/** Receives the datagrams of one socket. */
export class DatagramReceiver<T> {
  /** Datagrams dropped. */
  dropped = 0;
  /** Datagrams refused. */
  refused = 0;
  readonly #settings: DatagramSettings<T, never>;
  readonly #replies: ReplyMatcher<T>;
  readonly #decoder: DatagramDecoder<T>;
  readonly #queue: DatagramQueue<T>;
  readonly #reader: DatagramReader;

  constructor(
    endpoint: DatagramEndpoint,
    settings: DatagramSettings<T, never>,
    replies: ReplyMatcher<T>,
  ) {
    this.#settings = settings;
    this.#replies = replies;
    this.#decoder = new DatagramDecoder(settings);
    this.#queue = new DatagramQueue(settings);
    this.#reader = new DatagramReader(endpoint, {
      isAwaited: () => this.#queue.isAwaited,
      received: (datagram) => this.#received(datagram),
      failed: (error) => this.#failed(error),
    });
  }

  /** Bytes received. */
  get bytes(): number {
    return this.#reader.bytes;
  }

  /** Datagrams received. */
  get datagrams(): number {
    return this.#reader.datagrams;
  }

  /** Takes the next datagram, or `undefined` if none was read. */
  take(): Datagram<T> | undefined {
    return this.#queue.take();
  }

  /** Makes a call wait for the next datagram. */
  wait(waiter: Waiter<T>): void {
    this.#queue.wait(waiter);
    this.#reader.read();
  }

  /** Lets a call wait no longer. */
  forget(waiter: Waiter<T>): void {
    this.#queue.forget(waiter);
  }

  /** As of {@linkcode DatagramReader.readAhead}. */
  readAhead(afresh: boolean): Promise<void> | undefined {
    return this.#reader.readAhead(afresh);
  }

  /** As of {@linkcode DatagramReader.catchUp}. */
  catchUp(): Promise<void> {
    return this.#reader.catchUp();
  }

  /** Delivers no more datagrams except replies; calls that wait see the end. */
  end(): void {
    this.#queue.end();
  }

  /** As {@linkcode DatagramReceiver.end}, with an error for the calls instead. */
  fail(error: unknown): void {
    this.#queue.fail(error);
  }

  /** Reads no more. */
  close(): void {
    this.#reader.close();
    this.#queue.end();
  }

  #received({ bytes, from }: ReceivedDatagram): void {
    const isExpected = this.#replies.expects(from);
    // Before decoding: a flood is not to cost more than it must.
    if (!isExpected) {
      const overflow = this.#queue.overflow(bytes.length);
      if (overflow !== undefined) return this.#drop(from, bytes, overflow);
    }
    let message: T;
    try {
      message = this.#decoder.decode(bytes);
    } catch (error) {
      return this.#refuse(error, bytes, from, isExpected);
    }
    const datagram = { message, from, bytes: bytes.length };
    if (isExpected) {
      if (this.#replies.match(datagram)) return;
      const overflow = this.#queue.overflow(bytes.length);
      if (overflow !== undefined) return this.#drop(from, bytes, overflow);
    }
    this.#queue.put(datagram);
  }

  #failed(error: unknown): void {
    // Some systems say here that nothing received an earlier datagram. That is no
    // reason for this socket to stop, and they do not say which one it was.
    if (
      error instanceof ConnectionError &&
      (error.code === "reset" || error.code === "refused")
    ) {
      this.#replies.unreachable(error);
      return this.#reader.read();
    }
    // Not read again until a call asks for it: it might fail for ever.
    this.#queue.interrupt(error);
  }

  #drop(from: Address, { length }: Uint8Array, overflow: Overflow): void {
    this.dropped++;
    const { onEvent } = this.#settings;
    onEvent?.({ type: "dropped", from, bytes: length, ...overflow });
  }

  /** Anyone can send anything: it costs the datagram, never the socket. */
  #refuse(
    error: unknown,
    bytes: Uint8Array,
    from: Address,
    isExpected: boolean,
  ): void {
    this.refused++;
    const { onEvent } = this.#settings;
    if (onEvent === undefined && !isExpected) return;
    const complete = diagnosed(error, bytes, from);
    if (isExpected) this.#replies.refused(from, complete);
    onEvent?.({ type: "refused", from, bytes: bytes.length, error: complete });
  }
}
