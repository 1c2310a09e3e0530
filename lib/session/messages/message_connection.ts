/**
 * A connection that carries messages: what users hold in their hands.
 *
 * @module
 */

import type { EncodingLike } from "../../encoding/parse.ts";
import { ClosedError, TimeoutError } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";
import type { Connection } from "../../transport/connection.ts";
import type { PeerCertificate } from "../../transport/tls/options.ts";
import type { Watched } from "../../time/clock.ts";
import { deadlinePassed } from "./deadlines.ts";
import { EndSignal } from "../channel/end_signal.ts";
import {
  BatchIterator,
  MessageIterator,
  type MessageSource,
} from "./iterators.ts";
import type {
  BatchOptions,
  ConnectionStats,
  ReceiveOptions,
} from "./receive_options.ts";
import { Receiver } from "./receiver.ts";
import { Sender } from "./sender.ts";
import { checkDuration } from "../../check.ts";
import { type MessageOptions, Settings } from "./settings.ts";
import { within } from "../../time/within.ts";

/** How long `close()` waits for the peer to take what was sent: 5 s, as Ranch. */
const CLOSE_MS = 5_000;
// How long it then waits for the peer to finish too. Closing while the peer still
// sends makes the system answer with a reset, and a reset destroys what the peer
// has received and not yet read; nginx calls this a lingering close.
const LINGER_MS = 1_000;

/**
 * Messages to and from one peer.
 *
 * Iterating gives the messages until the peer has finished sending. Leaving the
 * loop early leaves the connection open. All methods may be called in any order,
 * any number of times, from any place.
 *
 * @typeParam T Type of a message.
 *
 * @example Over any connection, here one in memory
 * ```ts
 * import { MessageConnection } from "@parley/parley";
 * import { memoryPair } from "@parley/parley/testing";
 * import { assertEquals } from "@std/assert";
 *
 * const [left, right] = memoryPair();
 * await using alice = new MessageConnection<string>(left, { encoding: "text" });
 * await using bob = new MessageConnection<string>(right, { encoding: "text" });
 *
 * await alice.send("hello");
 * assertEquals(await bob.receive(), "hello");
 *
 * await alice.closeWrite(); // "I am done, still listening"
 * assertEquals(await bob.receive(), undefined);
 * ```
 */
export class MessageConnection<T = Uint8Array>
  implements AsyncIterable<T>, AsyncDisposable {
  #connection: Connection;
  readonly #receiver: Receiver<T>;
  readonly #sender: Sender<T>;
  readonly #settings: Settings<T>;
  readonly #watched: Watched | undefined;
  #closing: Promise<void> | undefined;
  #released = false;
  readonly #over = new EndSignal(() =>
    new ClosedError(`Connection to ${this.remoteAddress} was closed`)
  );

  /**
   * Puts messages onto a connection, which it owns from now on.
   *
   * @param connection The connection.
   * @param options Framing, encoding, limits and deadlines.
   * @throws {TypeError} If the framing or the encoding does not exist.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(
    connection: Connection,
    options: MessageOptions<EncodingLike> | Settings<T> = {},
  ) {
    const settings = options instanceof Settings
      ? options
      : new Settings<T>(options);
    this.#settings = settings;
    this.#connection = connection;
    const onLoss = (error: unknown) => this.#lost(error);
    this.#receiver = new Receiver(connection, settings, onLoss);
    this.#sender = new Sender(connection, settings, onLoss);
    if (settings.clock !== undefined) {
      this.#watched = { check: (nowMs) => this.#check(nowMs) };
      settings.clock.add(this.#watched);
    }
  }

  /** This end's address. */
  get localAddress(): Address {
    return this.#connection.localAddress;
  }

  /** The peer's address. */
  get remoteAddress(): Address {
    return this.#connection.remoteAddress;
  }

  /** The protocol that both ends chose in the handshake of TLS (ALPN), if any. */
  get alpn(): string | undefined {
    return this.#connection.alpn;
  }

  /**
   * The peer's certificate, over TLS: a client's where the server asks for one,
   * a server's where the client's `tlsEngine` is `"node"`.
   */
  get peerCertificate(): PeerCertificate | undefined {
    return this.#connection.peerCertificate;
  }

  /**
   * Whether the peer's bytes ended without the peer saying so, where the
   * transport can tell (TLS): what is over only because the stream is may then
   * have been cut off.
   */
  get endedUnannounced(): boolean {
    return this.#connection.endedUnannounced === true;
  }

  /** What went over the connection so far. */
  get stats(): ConnectionStats {
    return {
      bytesIn: this.#receiver.bytes,
      bytesOut: this.#sender.bytes,
      bytesWaiting: this.#sender.buffered,
      messagesIn: this.#receiver.messages,
      messagesOut: this.#sender.messages,
    };
  }

  /**
   * Aborted when the conversation is to end: the connection was closed, aborted
   * or lost, or the server is shutting down. The reason says which.
   */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /**
   * Sends one message.
   *
   * @param message The message. Bytes above 128 KiB are not copied and must not
   * change until the promise resolves; below, they may be reused at once.
   * @returns A promise that resolves once fewer than `highWaterMarkBytes` wait
   * to be written, so awaiting it makes a fast sender as slow as its peer.
   * Messages sent in one turn leave in one write. In framing `close` sending is
   * finished with it.
   * @throws {RangeError} If the message is above `maxMessageBytes` or cannot be
   * expressed in the framing; the connection stays usable.
   * @throws {TypeError} If the message is none of the encoding; likewise.
   * @throws {ConnectionError} If the link is lost.
   * @throws {ClosedError} If this side finished sending or closed.
   */
  send(message: T): Promise<void> {
    return this.#sender.send(message);
  }

  /**
   * Sends messages in order. For many small ones this is several times faster
   * than awaiting each.
   *
   * @param messages The messages.
   * @returns As {@linkcode MessageConnection.send}. If one cannot be sent, those
   * before it are.
   */
  sendAll(messages: Iterable<T>): Promise<void> {
    return this.#sender.sendAll(messages);
  }

  /**
   * Receives the next message.
   *
   * @param options A time limit and a signal. A call that gave up loses nothing:
   * the next one gets the message.
   * @returns The message, or `undefined` once the peer has finished sending, or
   * this side closed.
   * @throws {ProtocolError} If the peer broke the framing or the encoding, or
   * finished inside a message. All messages before that are received first.
   * @throws {ConnectionError} If the link is lost.
   * @throws {TimeoutError} If a deadline ran out: this call's, or one of the
   * connection's, which is then aborted.
   * @throws {RangeError} If the time limit is negative or none.
   */
  receive(options?: ReceiveOptions): Promise<T | undefined> {
    try {
      if (options !== undefined) checkWait(options);
      const message = this.#receiver.take();
      if (message !== undefined) return Promise.resolve(message);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#receiveLater(options);
  }

  /**
   * The messages one by one, until the peer has finished sending.
   *
   * @returns The iterator; errors as of {@linkcode MessageConnection.receive}.
   */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new MessageIterator(this.#source());
  }

  /**
   * The messages in arrays: those that are here, at most 128 at a time. For small messages this
   * is several times faster than one by one.
   *
   * @param options Whether buffers may be reused.
   * @returns The iterator; no array is empty. Errors as of
   * {@linkcode MessageConnection.receive}, after the messages before them.
   */
  batches(options: BatchOptions = {}): AsyncIterableIterator<T[]> {
    return new BatchIterator(this.#source(), options.reuse ?? false);
  }

  /**
   * Waits until everything sent so far is written.
   *
   * @returns When the system has taken it.
   * @throws {ConnectionError} If the link is lost before.
   * @throws {TimeoutError} If the peer did not take it within five seconds.
   */
  flush(): Promise<void> {
    return this.#inTime(
      this.#sender.flushed(),
      () => `write everything to ${this.remoteAddress}`,
    );
  }

  /**
   * Goes on over another line, between two messages: over TLS on top of this one,
   * as `startTls` does it. If it fails the connection is aborted.
   *
   * @param step Takes the line over and gives the one to use from now on.
   * @throws {ProtocolError} If more has arrived than was received: those bytes
   * must not be taken for what comes over the new line.
   * @throws {TypeError} If a message is being waited for.
   */
  async changeLine(
    step: (line: Connection) => Promise<Connection>,
  ): Promise<void> {
    await this.#sender.flushed();
    if (this.#receiver.waiting) {
      throw new TypeError(
        `Cannot change the line to ${this.remoteAddress}: a message is being waited for`,
      );
    }
    try {
      this.#receiver.expectNothing();
      const line = await step(this.#connection);
      // Aborted in the meantime.
      if (this.#released) line.abort();
      this.#connection = line;
      this.#receiver.moveTo(line);
      this.#sender.moveTo(line);
    } catch (error) {
      this.abort(error);
      throw error;
    }
  }

  /**
   * Finishes sending ("I am done, still listening"): what was sent is written,
   * then the peer's iteration ends. Receiving goes on.
   *
   * @returns When the peer was told.
   */
  closeWrite(): Promise<void> {
    return this.#released ? Promise.resolve() : this.#sender.finish(true);
  }

  /**
   * Ends the conversation in order: writes what was sent, tells the peer, waits
   * up to a second for the peer to finish as well, then closes. Whoever waits
   * for a message sees the end.
   *
   * @returns When it is closed; the second call waits for the first.
   * @throws {ConnectionError} If what was sent could not be written.
   * @throws {TimeoutError} If the peer did not take it within five seconds.
   */
  close(): Promise<void> {
    if (this.#closing === undefined) {
      this.#closing = this.#close();
      // Who does not await it is not to be ended by a peer that goes away.
      this.#closing.catch(() => {});
      this.#over.end();
    }
    return this.#closing;
  }

  /**
   * Ends the conversation at once, dropping what was not written or read.
   *
   * @param reason What pending and later calls are thrown, but for a receive
   * that has reached the end already; a {@linkcode ClosedError} by default.
   */
  abort(reason?: unknown): void {
    if (this.#released) return;
    const error = reason ??
      new ClosedError(`Connection to ${this.remoteAddress} was aborted`);
    this.#sender.fail(error);
    this.#receiver.abort(error);
    this.#release();
    this.#connection.abort();
    this.#over.end(error);
  }

  /**
   * Asks for the end of the conversation: aborts {@linkcode MessageConnection.signal}
   * and ends the messages after those that have begun to arrive. A server does
   * this to all its connections when it shuts down.
   *
   * @param reason The signal's reason.
   */
  drain(reason?: unknown): void {
    this.#over.end(reason ?? new ClosedError("The conversation is to end"));
    this.#receiver.drain();
  }

  /**
   * As {@linkcode MessageConnection.close}, but does not repeat the loss of the
   * link if another call has thrown it: `await using` would wrap the two in a
   * `SuppressedError`, and what was caught would no longer be what was thrown.
   */
  [Symbol.asyncDispose](): Promise<void> {
    const told = this.#sender.told || this.#receiver.told;
    const closed = this.close();
    return told ? closed.catch(() => {}) : closed;
  }

  #source(): MessageSource<T> {
    return {
      receiver: this.#receiver,
      more: () => this.#more(),
    };
  }

  /** Waits for more bytes. What was sent is what the answer waits for. */
  #more(): Promise<void> {
    this.#sender.flush();
    return this.#receiver.fill();
  }

  async #receiveLater(options: ReceiveOptions = {}): Promise<T | undefined> {
    const { signal, timeoutMs = Infinity } = options;
    const receiver = this.#receiver;
    const deadline = timeoutMs === Infinity && signal === undefined
      ? undefined
      : within(timeoutMs, signal, () =>
        new TimeoutError(
          "receive",
          timeoutMs,
          `Cannot receive from ${this.remoteAddress}: no message within ${timeoutMs} ms`,
        ));
    try {
      while (!receiver.over) {
        const filled = this.#more();
        await (deadline === undefined ? filled : deadline.race(filled));
        const message = receiver.take();
        if (message !== undefined) return message;
      }
      return undefined;
    } finally {
      deadline?.clear();
    }
  }

  /**
   * Nothing can be sent over a lost link, but what the peer said before is still
   * received: reading finds out for itself that there is no more.
   */
  #lost(error: unknown): void {
    this.#sender.fail(error);
    this.#over.end(error);
  }

  async #close(): Promise<void> {
    const receiver = this.#receiver;
    const sender = this.#sender;
    receiver.stop();
    if (this.#released) return;
    try {
      const finished = sender.finish(!receiver.peerFinished);
      await this.#inTime(
        finished,
        () => `close the connection to ${this.remoteAddress} in order`,
      );
      if (!receiver.peerFinished) await receiver.discard(LINGER_MS);
    } catch (error) {
      // The peer is not to take what has arrived for all there was.
      this.abort(error);
      throw error;
    }
    if (this.#released) return;
    this.#release();
    this.#connection.close();
    receiver.retire();
    await this.#connection.released;
  }

  /** Waits for the peer to take what was sent, but not for ever. */
  async #inTime(written: Promise<void>, action: () => string): Promise<void> {
    if (this.#sender.buffered === 0) return await written;
    const deadline = within(CLOSE_MS, undefined, () =>
      new TimeoutError(
        "send",
        CLOSE_MS,
        `Cannot ${action()}: it did not take the last ${this.#sender.buffered} bytes within ${CLOSE_MS} ms`,
      ));
    try {
      await deadline.race(written);
    } finally {
      deadline.clear();
    }
  }

  /** Stops the clock; the caller closes the connection. */
  #release(): void {
    this.#released = true;
    if (this.#watched === undefined) return;
    this.#settings.clock!.delete(this.#watched);
  }

  #check(nowMs: number): void {
    const passed = deadlinePassed(
      this.#receiver,
      this.#sender,
      this.#settings,
      nowMs,
      this.#connection,
    );
    if (passed !== undefined) this.abort(passed);
  }
}

function checkWait({ signal, timeoutMs = Infinity }: ReceiveOptions): void {
  signal?.throwIfAborted();
  checkDuration("timeoutMs", timeoutMs, "0 or above");
}
