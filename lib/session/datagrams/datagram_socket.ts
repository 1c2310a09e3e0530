/**
 * A datagram socket that carries messages, as its users see it.
 *
 * @module
 */

import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import type { Address } from "../../transport/address.ts";
import type {
  DatagramEndpoint,
  MulticastMembership,
  MulticastOptions,
} from "../../transport/datagram_endpoint.ts";
import type { ReceiveOptions } from "../messages/receive_options.ts";
import type {
  Datagram,
  DatagramOptions,
  DatagramStats,
} from "./datagram_options.ts";
import { EncodedSocket } from "./encoded_socket.ts";
import type { DatagramRequestOptions } from "./requests/request_options.ts";

/**
 * Messages to and from any number of peers, one in each datagram.
 *
 * Iterating gives the datagrams until this side closes the socket. Leaving the
 * loop leaves the socket open. A datagram that cannot be decoded, or is too large,
 * is counted and given to `onEvent`, and nothing else happens: anyone can send one.
 *
 * Nothing is read before a call waits for a datagram or a reply. Until then the
 * system's queue holds datagrams (on Linux 208 KiB, some 256 small ones) and drops
 * what does not fit, without telling the program.
 *
 * @typeParam T Type of a received message.
 * @typeParam S Type of a message that can be sent: the same, unless the encoding has
 * a type for each direction.
 */
export interface DatagramSocket<T = Uint8Array, S = T>
  extends AsyncIterable<Datagram<T>>, AsyncDisposable {
  /** Where it receives, with the port that the system chose. */
  readonly address: Address;
  /** What went over the socket so far. */
  readonly stats: DatagramStats;
  /**
   * Aborted when the socket is to be used no more: it was closed or aborted, or
   * its server is shutting down. The reason says which.
   */
  readonly signal: AbortSignal;

  /**
   * Sends one message in one datagram.
   *
   * A broadcast address such as `"udp://192.168.1.255:9001"`, or the address of
   * a multicast group, sends to all that listen there; nothing has to be switched
   * on for it.
   *
   * You need not await it. A `send` that fails and whose promise nothing looks at
   * is counted and given to `onEvent`; it never ends the program as an uncaught
   * error.
   *
   * @param message The message; an empty one is sent too. Bytes are not copied
   * and must not change until the promise resolves.
   * @param to Where to: mostly the `from` of a datagram. A name is looked up each
   * time.
   * @returns When the system has accepted it, which says nothing about its arrival.
   * @throws {RangeError} If the message is above `maxMessageBytes`, or above the
   * 65,507 bytes of IPv4 or the 65,527 of IPv6; nothing is sent then.
   * @throws {TypeError} If the encoding cannot encode the message, or the address
   * is invalid or cannot be reached from this socket.
   * @throws {ConnectionError} If the system did not accept it, or there is no such
   * name.
   * @throws {ClosedError} If this side closed the socket.
   */
  send(message: S, to: string | Address): Promise<void>;

  /**
   * Receives the next datagram.
   *
   * @param options A time limit and a signal. With `timeoutMs: 0` only a datagram
   * that has arrived already is received. A call that gave up loses nothing: the
   * next one gets the datagram.
   * @returns The message and its sender, or `undefined` once this side closed the
   * socket.
   * @throws {TimeoutError} If none came in time.
   * @throws {ConnectionError} If the system failed; the socket stays usable.
   * @throws {unknown} The signal's reason.
   */
  receive(options?: ReceiveOptions): Promise<Datagram<T> | undefined>;

  /**
   * The datagrams one by one, until this side closes the socket.
   *
   * @returns The iterator; errors as of {@linkcode DatagramSocket.receive}.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<Datagram<T>>;

  /**
   * Sends a message and waits for the reply; sends it again when there is none.
   *
   * A reply is a message from the very address that was asked, and `accepts` may
   * say more. It goes to the request and not to the iteration; the documentation of
   * this entry point has the rules. The peer may get the message more than once.
   *
   * @param message The message; bytes are copied.
   * @param to Where to: one machine, not a broadcast address and not a group.
   * @param options How long to wait and how often to send.
   * @returns The reply.
   * @throws {TimeoutError} If there is none.
   * @throws {ConnectionError} With code `"refused"` if the system says that nothing
   * is listening there. Windows does, while the socket has sent to this address
   * alone; on other systems the runtime does not pass it on.
   * @throws {ClosedError} If this side closes the socket.
   * @throws {unknown} The signal's reason, and as {@linkcode DatagramSocket.send}.
   */
  request(
    message: S,
    to: string | Address,
    options?: DatagramRequestOptions<T>,
  ): Promise<T>;

  /**
   * Joins a multicast group: receives what is sent to it, until it is left or the
   * socket closed. The socket should be bound to every interface, at the group's
   * port.
   *
   * @param group The group's IP address, such as `"239.1.2.3"` or `"ff02::123"`.
   * @param options Which interface, and how far the socket's own datagrams go.
   * @returns The membership, to leave again.
   * @throws {TypeError} If it is not a multicast address, or of the IP version that
   * the socket does not speak.
   * @throws {RangeError} If an option is out of its range.
   * @throws {ConnectionError} If the system refuses.
   */
  joinMulticast(
    group: string,
    options?: MulticastOptions,
  ): Promise<MulticastMembership>;

  /**
   * Closes the socket once the system has accepted what is being sent, or after
   * 5 s. Calls that wait for a datagram see the end; requests are thrown a
   * {@linkcode ClosedError}.
   *
   * @returns When it is closed; the second call waits for the first.
   */
  close(): Promise<void>;

  /**
   * Closes the socket at once.
   *
   * @param reason What pending and later calls are thrown; a
   * {@linkcode ClosedError} by default.
   */
  abort(reason?: unknown): void;

  /**
   * Asks for the end: aborts {@linkcode DatagramSocket.signal} and ends the
   * iterations, while sending and requests go on. A server does this when it
   * shuts down.
   *
   * @param reason The signal's reason.
   */
  drain(reason?: unknown): void;

  /** As {@linkcode DatagramSocket.close}. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Puts messages onto a datagram endpoint, which the socket owns from then on.
 *
 * @param endpoint The endpoint.
 * @param options Encoding and limits. The encoding decides the type of a message,
 * unless `new DatagramSocket<T>` names it.
 * @throws {TypeError} If the encoding does not exist.
 * @throws {RangeError} If a number is out of its range.
 */
export const DatagramSocket: {
  new <T = never, const E extends EncodingLike = "bytes">(
    endpoint: DatagramEndpoint,
    options?: DatagramOptions<[T] extends [never] ? E : EncodingLike>,
  ): DatagramSocket<
    [T] extends [never] ? MessageOf<E> : T,
    [T] extends [never] ? SentOf<E> : T
  >;
} = EncodedSocket as never;
