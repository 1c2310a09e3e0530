/**
 * A datagram socket that carries messages: what users of UDP hold in their hands.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import { ClosedError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type {
  DatagramEndpoint,
  MulticastMembership,
  MulticastOptions,
} from "../../transport/datagram_endpoint.ts";
import {
  type Datagram,
  type DatagramOptions,
  DatagramSettings,
  type DatagramStats,
} from "./datagram_options.ts";
import { EndSignal } from "../channel/end_signal.ts";
import { DatagramReceiver } from "./datagram_receiver.ts";
import {
  checkFits,
  checkSingle,
  DatagramSender,
  foundWithin,
} from "./datagram_sender.ts";
import { DatagramIterator, receiveDatagram } from "./receive_datagrams.ts";
import type { ReceiveOptions } from "../messages/receive_options.ts";
import {
  type DatagramRequestOptions,
  RequestSettings,
} from "./request_options.ts";
import { Requests } from "./requests.ts";

/** How long `close()` waits for the system to take what is being sent. */
const CLOSE_MS = 5_000;

/**
 * Messages to and from any number of peers, one in each datagram.
 *
 * Iterating gives the datagrams until the socket is closed by this side. Leaving
 * the loop leaves the socket open. A datagram that is no message of the
 * encoding, or too large, is counted and reported to `onEvent`, and nothing else
 * happens: anyone can send one.
 *
 * Nothing is read that nobody waits for. Until then the system's queue holds
 * datagrams (on Linux 208 KiB, some 256 small ones) and drops what does not fit,
 * which it tells nobody.
 *
 * @typeParam T Type of a message.
 */
export class DatagramSocket<T = Uint8Array>
  implements AsyncIterable<Datagram<T>>, AsyncDisposable {
  readonly #endpoint: DatagramEndpoint;
  readonly #receiver: DatagramReceiver<T>;
  readonly #sender: DatagramSender<T>;
  readonly #requests: Requests<T> = new Requests((afresh) =>
    this.#receiver.readAhead(afresh)
  );
  // Why it was closed or is to end, and who is told.
  #closed: unknown;
  readonly #over = new EndSignal(() =>
    new ClosedError(`The datagram socket on ${this.address} was closed`)
  );
  #closing: Promise<void> | undefined;

  /**
   * Puts messages onto a datagram endpoint, which it owns from now on.
   *
   * @param endpoint The endpoint.
   * @param options Encoding and limits.
   * @throws {TypeError} If the encoding does not exist.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(
    endpoint: DatagramEndpoint,
    options: DatagramOptions<EncodingLike> | DatagramSettings<T> = {},
  ) {
    const settings = options instanceof DatagramSettings
      ? options
      : new DatagramSettings<T>(options);
    this.#endpoint = endpoint;
    this.#receiver = new DatagramReceiver(endpoint, settings, this.#requests);
    this.#sender = new DatagramSender(endpoint, settings);
  }

  /** Where it receives, with the port that the system chose. */
  get address(): Address {
    return this.#endpoint.address;
  }

  /** What went over the socket so far. */
  get stats(): DatagramStats {
    const { bytes, datagrams, dropped, refused } = this.#receiver;
    return {
      bytesIn: bytes,
      bytesOut: this.#sender.bytes,
      datagramsIn: datagrams,
      datagramsOut: this.#sender.datagrams,
      dropped,
      refused,
    };
  }

  /**
   * Aborted when the socket is to be used no more: it was closed or aborted, or
   * its server is shutting down. The reason says which.
   */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /**
   * Sends one message in one datagram.
   *
   * A broadcast address such as `"udp://192.168.1.255:9001"`, or the address of
   * a multicast group, sends to all who listen there; nothing has to be switched
   * on for it.
   *
   * @param message The message; an empty one is sent too. Bytes are not copied
   * and must not change until the promise resolves.
   * @param to Whom to: mostly the `from` of a datagram. A name is looked up each
   * time.
   * @returns When the system has taken it, which says nothing about its arrival.
   * @throws {RangeError} If the message is above `maxMessageBytes`, or above the
   * 65,507 bytes of IPv4 or the 65,527 of IPv6; nothing is sent then.
   * @throws {TypeError} If the message is none of the encoding, or the address
   * none that this socket can send to.
   * @throws {ConnectionError} If the system did not take it, or there is no such
   * name.
   * @throws {ClosedError} If this side closed the socket.
   */
  send(message: T, to: string | Address): Promise<void> {
    try {
      this.#checkOpen();
      const bytes = this.#sender.encode(message);
      const target = this.#sender.target(to);
      return target instanceof Promise
        ? target.then((found) => this.#send(bytes, found))
        : this.#send(bytes, target);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Receives the next datagram.
   *
   * @param options A time limit and a signal. A call that gave up loses nothing:
   * the next one gets the datagram.
   * @returns The message and who sent it, or `undefined` once this side closed
   * the socket.
   * @throws {TimeoutError} If none came in time.
   * @throws {ConnectionError} If the system failed; the socket lives on.
   */
  receive(options: ReceiveOptions = {}): Promise<Datagram<T> | undefined> {
    return receiveDatagram(this.#receiver, this.address, options);
  }

  /**
   * The datagrams one by one, until this side closes the socket.
   *
   * @returns The iterator; errors as of {@linkcode DatagramSocket.receive}.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Datagram<T>> {
    return new DatagramIterator(this.#receiver);
  }

  /**
   * Sends a message and waits for the answer; sends it again when there is none.
   *
   * Only a message from the very address asked is an answer, and it goes to the
   * request and not to the iteration. Whatever else comes meanwhile goes to the
   * iteration, or waits for it in a bounded queue: other peers' messages, those
   * that `accepts` does not accept, and an answer that came too late or twice.
   * Requests to different peers run at the same time; those to the same peer wait
   * for each other, unless `accepts` can tell their answers apart.
   *
   * The peer may get the message more than once, and then it may answer more than
   * once. A second answer that is here when the next request begins is not taken
   * for that one's; one that comes later is, and without `accepts` nothing can
   * tell. So let questions and answers carry a number where the protocol allows
   * it, or ask from a new socket once a request was sent again or given up.
   *
   * @param message The message; bytes are copied.
   * @param to Whom to ask: one machine, no broadcast address and no group.
   * @param options How long to wait and how often to send.
   * @returns The answer.
   * @throws {TimeoutError} If there is none. The system never tells that nobody
   * is there.
   * @throws {ClosedError} If this side closes the socket.
   * @throws {unknown} The signal's reason, and as
   * {@linkcode DatagramSocket.send}.
   */
  async request(
    message: T,
    to: string | Address,
    options: DatagramRequestOptions<T> = {},
  ): Promise<T> {
    const settings = new RequestSettings<T>(options);
    this.#checkOpen();
    settings.signal?.throwIfAborted();
    const bytes = this.#sender.encode(message).slice();
    const found = this.#sender.target(to);
    const target = found instanceof Promise
      ? await foundWithin(found, settings.signal)
      : found;
    checkSingle(target);
    checkFits(bytes, target);
    return await this.#requests.ask(
      target,
      settings,
      () => this.#send(bytes, target),
    );
  }

  /**
   * Joins a multicast group: receives what is sent to it, until it is left or the
   * socket closed. The socket should be bound to every interface, at the group's
   * port.
   *
   * @param group The group's IP address, such as `"239.1.2.3"` or `"ff02::123"`.
   * @param options Which interface, and how far own datagrams go.
   * @returns The membership, to leave again.
   * @throws {TypeError} If it is no multicast address, or of the IP version that
   * the socket does not speak.
   * @throws {RangeError} If an option is out of its range.
   * @throws {ConnectionError} If the system refuses.
   *
   * @example Hearing what a group is sent
   * ```ts
   * import { bindUdp } from "@parley/parley/udp";
   * import { assertEquals } from "@std/assert";
   *
   * // Without interfaceAddress the system chooses the interface.
   * await using member = bindUdp("udp://0.0.0.0:0", { encoding: "text" });
   * await member.joinMulticast("239.255.7.34", { interfaceAddress: "127.0.0.1" });
   *
   * await using sender = bindUdp("udp://127.0.0.1:0", { encoding: "text" });
   * const group = `udp://239.255.7.34:${member.address.port}`;
   * await sender.send("is anyone there?", group);
   * assertEquals((await member.receive())?.message, "is anyone there?");
   * ```
   */
  async joinMulticast(
    group: string,
    options: MulticastOptions = {},
  ): Promise<MulticastMembership> {
    this.#checkOpen();
    return await this.#endpoint.joinMulticast(group, options);
  }

  /**
   * Closes the socket once the system has taken what is being sent. Whoever waits
   * for a datagram sees the end; whoever waits for an answer is thrown a
   * {@linkcode ClosedError}.
   *
   * @returns When it is closed; the second call waits for the first.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /**
   * Closes the socket at once.
   *
   * @param reason What pending and later calls are thrown; a
   * {@linkcode ClosedError} by default.
   */
  abort(reason?: unknown): void {
    const error = reason ??
      new ClosedError(`The datagram socket on ${this.address} was aborted`);
    this.#receiver.fail(error);
    this.#release(error);
    this.#closing ??= Promise.resolve();
  }

  /**
   * Asks for the end: aborts {@linkcode DatagramSocket.signal} and ends the
   * iterations, while sending and requests go on. A server does this when it
   * shuts down.
   *
   * @param reason The signal's reason.
   */
  drain(reason?: unknown): void {
    this.#over.end(reason ?? new ClosedError("The conversation is to end"));
    this.#receiver.stop();
  }

  /** As {@linkcode DatagramSocket.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #checkOpen(): void {
    if (this.#closed !== undefined) throw this.#closed;
  }

  #send(bytes: Uint8Array, to: Address): Promise<void> {
    this.#checkOpen();
    return this.#sender.send(bytes, to);
  }

  async #close(): Promise<void> {
    const error = new ClosedError(
      `The datagram socket on ${this.address} was closed`,
    );
    this.#closed ??= error;
    this.#receiver.stop();
    this.#requests.close(error);
    await this.#sender.flush(CLOSE_MS);
    this.#release(error);
  }

  #release(error: unknown): void {
    this.#closed ??= error;
    this.#receiver.close();
    this.#requests.close(error);
    this.#endpoint.close();
    this.#over.end(error);
  }
}
