/**
 * The socket behind every {@linkcode DatagramSocket}: a facade before the sender,
 * the receiver and the requests.
 *
 * @module
 */

import { INSPECT, type Inspect } from "../../inspect.ts";
import type { EncodingLike } from "../../encoding/parse.ts";
import { describeError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type {
  DatagramEndpoint,
  MulticastMembership,
  MulticastOptions,
} from "../../transport/datagram_endpoint.ts";
import type { ReceiveOptions } from "../messages/receive_options.ts";
import {
  DatagramIterator,
  receiveDatagram,
} from "./receiving/datagram_iterator.ts";
import {
  type Datagram,
  type DatagramOptions,
  DatagramSettings,
  type DatagramStats,
} from "./datagram_options.ts";
import { Floating } from "../messages/floating.ts";
import { DatagramReceiver } from "./receiving/datagram_receiver.ts";
import { DatagramSender } from "./datagram_sender.ts";
import type { DatagramSocket } from "./datagram_socket.ts";
import type { DatagramRequestOptions } from "./requests/request_options.ts";
import { Requester } from "./requests/requester.ts";
import { closedError, SocketLifecycle } from "./socket_lifecycle.ts";

/** How long `close()` waits for the system to accept what is being sent. */
const CLOSE_MS = 5_000;

/** Encodes and decodes what goes over one datagram endpoint. */
export class EncodedSocket<T, S> implements DatagramSocket<T, S> {
  readonly #endpoint: DatagramEndpoint;
  readonly #settings: DatagramSettings<T, S>;
  readonly #receiver: DatagramReceiver<T>;
  readonly #sender: DatagramSender<S>;
  readonly #requester: Requester<T, S>;
  readonly #lifecycle = new SocketLifecycle();
  #closing: Promise<void> | undefined;
  #unsent = 0;

  constructor(
    endpoint: DatagramEndpoint,
    options: DatagramOptions<EncodingLike> | DatagramSettings<T, S> = {},
  ) {
    const settings = options instanceof DatagramSettings
      ? options
      : new DatagramSettings<T, S>(options);
    this.#endpoint = endpoint;
    this.#settings = settings;
    this.#sender = new DatagramSender(endpoint, settings);
    this.#requester = new Requester({
      lifecycle: this.#lifecycle,
      readAhead: (afresh) => this.#receiver.readAhead(afresh),
      sender: this.#sender,
      settings,
    });
    this.#receiver = new DatagramReceiver(
      endpoint,
      settings,
      this.#requester.pending,
    );
  }

  get address(): Address {
    return this.#endpoint.address;
  }

  get stats(): DatagramStats {
    const { bytes, datagrams, dropped, refused } = this.#receiver;
    return {
      bytesIn: bytes,
      bytesOut: this.#sender.bytes,
      datagramsIn: datagrams,
      datagramsOut: this.#sender.datagrams,
      dropped,
      droppedBySystem: this.#endpoint.droppedBySystem?.(),
      refused,
      resent: this.#requester.resent,
      unsent: this.#unsent,
    };
  }

  get signal(): AbortSignal {
    return this.#lifecycle.signal;
  }

  send(message: S, to: string | Address): Promise<void> {
    const sent = this.#try(message, to);
    return Floating.of(sent, (error) => this.#tellUnsent(to, error));
  }

  receive(options: ReceiveOptions = {}): Promise<Datagram<T> | undefined> {
    const { time } = this.#settings;
    return receiveDatagram(this.#receiver, this.address, options, time);
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<Datagram<T>> {
    return new DatagramIterator(this.#receiver);
  }

  async request(
    message: S,
    to: string | Address,
    options: DatagramRequestOptions<T> = {},
  ): Promise<T> {
    return await this.#requester.request(message, to, options);
  }

  async joinMulticast(
    group: string,
    options: MulticastOptions = {},
  ): Promise<MulticastMembership> {
    this.#lifecycle.checkOpen();
    return await this.#endpoint.joinMulticast(group, options);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  abort(reason?: unknown): void {
    const error = reason ??
      closedError(this.address, "this side aborted the socket");
    this.#receiver.fail(error);
    this.#release(error);
    this.#closing ??= Promise.resolve();
  }

  drain(reason?: unknown): void {
    this.#lifecycle.drain(
      reason ?? closedError(this.address, "the socket is to be closed"),
    );
    this.#receiver.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** What `console.log` shows. */
  [INSPECT](_depth: number, options: unknown, inspect: Inspect): string {
    const seen = { address: String(this.address), stats: this.stats };
    return `DatagramSocket ${inspect(seen, options)}`;
  }

  toString(): string {
    return `DatagramSocket on ${this.address}`;
  }

  #tellUnsent(to: string | Address, error: unknown): void {
    this.#unsent++;
    const { onEvent } = this.#settings;
    if (onEvent !== undefined) return onEvent({ type: "unsent", to, error });
    // A network that is down is the way of UDP; a mistake of the program is not.
    if (!(error instanceof TypeError || error instanceof RangeError)) return;
    // deno-lint-ignore no-console
    console.error(describeError(error));
  }

  /** Every failure is a rejection. */
  #try(message: S, to: string | Address): Promise<void> {
    try {
      this.#lifecycle.checkOpen();
      const bytes = this.#sender.encode(message);
      const target = this.#sender.target(to);
      return target instanceof Promise
        ? target.then((found) => this.#send(bytes, found))
        : this.#send(bytes, target);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  #send(bytes: Uint8Array, to: Address): Promise<void> {
    this.#lifecycle.checkOpen();
    return this.#sender.send(bytes, to);
  }

  async #close(): Promise<void> {
    const error = closedError(this.address, "this side closed the socket");
    this.#lifecycle.close(error);
    this.#receiver.end();
    this.#requester.pending.close(error);
    await this.#sender.flush(CLOSE_MS, this.#settings.time);
    this.#release(error);
  }

  #release(error: unknown): void {
    if (!this.#lifecycle.release(error)) return;
    this.#receiver.close();
    this.#requester.pending.close(error);
    this.#endpoint.close();
  }
}
