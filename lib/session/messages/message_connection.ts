/**
 * A connection that carries messages.
 *
 * @module
 */

import type { Hint } from "../../errors.ts";
import type { EncodingLike, MessageOf, SentOf } from "../../encoding/parse.ts";
import type { Framing } from "../../framing/framing.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { PeerCertificate } from "../../transport/tls/options.ts";
import { FramedConnection } from "./framed_connection.ts";
import type {
  BatchOptions,
  ConnectionStats,
  ReceiveOptions,
} from "./receive_options.ts";
import type { MessageOptions } from "./settings.ts";

/**
 * Messages to and from one peer.
 *
 * Iterating gives the messages until the peer has finished sending. Leaving the
 * loop early leaves the connection open. All methods may be called in any
 * order, any number of times, from any place.
 *
 * A promise of `send`, `sendAll`, `closeWrite` or `close` may be left alone:
 * its rejection never ends the program. It is reported to `onEvent` instead.
 *
 * @typeParam T Type of a received message.
 * @typeParam S Type of a message that can be sent: the same, unless the encoding has
 * a type for each direction.
 *
 * @example Over any connection, here one in memory
 * ```ts
 * import { MessageConnection } from "@parley/parley";
 * import { memoryPair } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const [left, right] = memoryPair();
 * await using alice = new MessageConnection(left, { encoding: "text" });
 * await using bob = new MessageConnection(right, { encoding: "text" });
 *
 * await alice.send("hello");
 * assertEquals(await bob.receive(), "hello");
 *
 * await alice.closeWrite(); // "I am done, still listening"
 * assertEquals(await bob.receive(), undefined);
 * ```
 */
export interface MessageConnection<T = Uint8Array, S = T>
  extends AsyncIterable<T>, AsyncDisposable {
  /** This end's address. */
  readonly localAddress: Address;
  /** The peer's address. */
  readonly remoteAddress: Address;
  /**
   * The protocol that both ends chose in the handshake of TLS (ALPN), if any.
   */
  readonly alpn: string | undefined;
  /**
   * The peer's certificate, over TLS: a client's where the server asks for one,
   * a server's where the client's `tlsEngine` is `"node"`.
   */
  readonly peerCertificate: PeerCertificate | undefined;
  /**
   * How messages are framed: as the option `framing` says, as the connection's address
   * says, or as WebSocket frames them.
   */
  readonly framing: Framing;
  /** Bytes accepted for sending and not yet taken by the system. */
  readonly bytesWaiting: number;
  /**
   * What ended the messages: `"peer"` if the peer has finished sending,
   * `"self"` if this side closed, aborted or drained before that, or
   * `undefined` if they go on.
   */
  readonly endedBy: "peer" | "self" | undefined;
  /**
   * How much of the message that has begun is here, and what may be wrong if the
   * rest does not come. `undefined` if nothing is known. The errors of
   * `messageTimeoutMs` and of a receive's `timeoutMs` have it as their `advice`
   * and `framing`.
   */
  readonly waitHint: Hint | undefined;
  /** What went over the connection so far. */
  readonly stats: ConnectionStats;
  /**
   * Aborted when the conversation ends: the connection was closed, aborted or
   * lost, or the server is shutting down. The reason says which.
   */
  readonly signal: AbortSignal;

  /**
   * Sends one message.
   *
   * @param message The message. Bytes above 128 KiB are not copied and must not
   * change until the promise resolves; below, they may be reused at once.
   * @returns A promise that resolves once fewer than `highWaterMarkBytes` wait
   * to be written, so awaiting it makes a fast sender as slow as its peer.
   * Messages sent in one turn leave in one write. In framing `close` sending is
   * finished with it.
   * @throws {RangeError} If the message is above `maxSentMessageBytes` or
   * cannot be expressed in the framing; the connection stays usable.
   * @throws {TypeError} If the message does not fit the encoding; likewise.
   * @throws {ConnectionError} If the link is lost, or with code `"overrun"` if
   * more than `maxBufferedBytes` wait because earlier sends were not awaited.
   * @throws {ClosedError} If this side finished sending or closed.
   */
  send(message: S): Promise<void>;

  /**
   * Sends one message unless too much is waiting already. For sending the same
   * message to many peers, of which some may be slow.
   *
   * @param message The message. Bytes above 128 KiB are not copied: do not
   * change them afterwards.
   * @returns Whether the message was accepted. `false` means that nothing was queued:
   * `highWaterMarkBytes` or more wait to be written, or the connection is closed,
   * lost, or has finished sending.
   * @throws {RangeError} As `send`.
   * @throws {TypeError} As `send`.
   *
   * @example Sending to all, without waiting for the slow
   * ```ts
   * import { connect, serve } from "@parley/parley";
   * import { assertEquals } from "@std/assert";
   *
   * const options = { encoding: "text" } as const;
   * await using server = await serve("tcp://127.0.0.1:0", options, async (peer) => {
   *   for await (const message of peer) {
   *     for (const other of server.connections) other.trySend(message);
   *   }
   * });
   *
   * await using ann = await connect(server.address, options);
   * await using ben = await connect(server.address, options);
   * await ben.send("I am here");
   * assertEquals(await ben.receive(), "I am here");
   * await ann.send("hello, all");
   * assertEquals(await ben.receive(), "hello, all");
   * ```
   */
  trySend(message: S): boolean;

  /**
   * Sends messages in order. For many small ones this is several times faster
   * than awaiting each.
   *
   * @param messages The messages.
   * @returns As {@linkcode MessageConnection.send}. If one cannot be sent,
   * those before it are.
   */
  sendAll(messages: Iterable<S>): Promise<void>;

  /**
   * Receives the next message. A call that fails before you await it does not end the
   * program; it fails when you await it, and so does the next call.
   *
   * @param options A time limit and a signal. A call that gave up loses
   * nothing: the next one gets the message.
   * @returns The message, or `undefined` once the peer has finished sending, or
   * this side closed; `endedBy` says which.
   * @throws {ProtocolError} If the peer broke the framing or the encoding, or
   * finished inside a message. All messages before that are received first.
   * @throws {ConnectionError} If the link is lost.
   * @throws {TimeoutError} If a deadline ran out: this call's, or one of the
   * connection's, which is then aborted.
   * @throws {RangeError} If the time limit is negative or `NaN`.
   */
  receive(options?: ReceiveOptions): Promise<T | undefined>;

  /**
   * The messages one by one, until the peer has finished sending.
   *
   * @returns The iterator; errors as of {@linkcode MessageConnection.receive}.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<T>;

  /**
   * The messages in arrays: all that have arrived, at most 128 at a time. For
   * small messages this is several times faster than one by one.
   *
   * @param options Whether buffers may be reused.
   * @returns The iterator; no array is empty. Errors as of
   * {@linkcode MessageConnection.receive}, after the messages before them.
   */
  batches(options?: BatchOptions): AsyncIterableIterator<T[]>;

  /**
   * Frames messages in another way from the next one on, in both directions.
   * What has arrived and was not received yet is cut by the new framing.
   *
   * @param framing The framing or its string.
   * @throws {TypeError} If the framing does not exist, or does not go together
   * with the encoding.
   */
  useFraming(framing: Framing | string): void;

  /**
   * Finishes sending ("I am done, still listening"): what was sent is written,
   * then the peer's iteration ends. Receiving goes on.
   *
   * @returns Resolves once the end was sent.
   */
  closeWrite(): Promise<void>;

  /**
   * Ends the conversation in order: writes what was sent, tells the peer, then
   * closes. A pending `receive` gets the end.
   *
   * Closing while the peer still sends could destroy what it has not read yet.
   * So in that case it first waits for the peer to finish, until no byte has
   * come for 5 s, and at most 30 s.
   *
   * @returns Resolves when it is closed. A second call waits for the first.
   * @throws {ConnectionError} If what was sent could not be written.
   * @throws {TimeoutError} If the peer took nothing of what was sent for 5 s,
   * or was still sending after 30 s.
   */
  close(): Promise<void>;

  /**
   * Ends the conversation at once, dropping what was not written or read.
   *
   * @param reason The error of pending and later calls, except a receive that
   * has reached the end already; a {@linkcode ClosedError} by default.
   */
  abort(reason?: unknown): void;

  /**
   * As {@linkcode MessageConnection.close}, but does not repeat the loss of the
   * link if another call has thrown it: `await using` would wrap the two in a
   * `SuppressedError`, which hides the first error from `catch`.
   */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Puts messages onto a connection, which the result owns from then on.
 *
 * @param connection The connection.
 * @param options Framing, encoding, limits and deadlines. The encoding decides
 * the type of a message, unless `new MessageConnection<T>` names it.
 * @throws {TypeError} If the framing or the encoding does not exist.
 * @throws {RangeError} If a number is out of its range.
 */
export const MessageConnection: {
  new <T = never, const E extends EncodingLike = "bytes">(
    connection: Connection,
    options?: MessageOptions<[T] extends [never] ? E : EncodingLike>,
  ): MessageConnection<
    [T] extends [never] ? MessageOf<E> : T,
    [T] extends [never] ? SentOf<E> : T
  >;
} = FramedConnection as never;
