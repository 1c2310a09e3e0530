/**
 * HTTP/1.1 as a machine: bytes in, events out; events in, bytes out.
 *
 * ```text
 * receive(chunk) ─► next() ─► request, data, end ...
 *                   send(response, sink), send(data, sink), send(end, sink) ─► bytes
 * ```
 *
 * It opens no socket and waits for nothing. Servers, clients, proxies and tests
 * put it between whatever gives them bytes and whatever takes them.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { checkOneOf, OptionTypeError } from "../../check.ts";
import { bytesOf } from "./characters.ts";
import type { HttpEvent } from "./events.ts";
import {
  ConnectionState,
  type HttpRole,
  type HttpState,
} from "./connection_state.ts";
import {
  type Forgiven,
  type HttpResponseReadOptions,
  NO_OPTIONS,
  readSettings,
} from "./http_limits.ts";
import { IncomingMessages } from "./reading/incoming_messages.ts";
import { OutgoingMessages } from "./writing/outgoing_messages.ts";

export type { HttpRole, HttpState };

/**
 * One end of an HTTP/1.1 connection.
 *
 * @example A server's end, without a socket
 * ```ts
 * import { HttpConnection } from "@parley/parley/http";
 * import { ByteSink } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const http = new HttpConnection("server");
 * http.receive(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
 * const request = http.next();
 * assertEquals(request?.type === "request" && request.target, "/");
 * assertEquals(http.next(), { type: "end", trailers: [] });
 *
 * const sink = new ByteSink();
 * const headers = [["content-length", "2"]] as const;
 * http.send(
 *   { type: "response", status: 200, reason: "OK", version: "1.1", headers },
 *   sink,
 * );
 * http.send({ type: "data", bytes: Uint8Array.of(104, 105) }, sink);
 * http.send({ type: "end", trailers: [] }, sink);
 * assertEquals(
 *   new TextDecoder().decode(sink.pieces()[0]),
 *   "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
 * );
 * assertEquals(http.peerState, "idle"); // ready for the next request
 * ```
 */
export class HttpConnection {
  readonly #state: ConnectionState;
  readonly #queue: ByteQueue;
  readonly #incoming: IncomingMessages;
  readonly #outgoing: OutgoingMessages;

  /**
   * Begins at one end of a fresh connection.
   *
   * @param role Which end this is.
   * @param options Limits, and how strictly to read.
   * @param queue Where the peer's bytes are taken from, if something else puts
   * them there; by default {@linkcode HttpConnection.receive} does.
   * @throws {RangeError} If a limit is out of its range.
   * @throws {TypeError} If the role is unknown, or a server is to be lenient.
   */
  constructor(
    role: HttpRole,
    options: HttpResponseReadOptions = NO_OPTIONS,
    queue: ByteQueue = new ByteQueue(),
  ) {
    checkOneOf("role", role, ["client", "server"]);
    const settings = readSettings(options);
    if (settings.lenient && role === "server") {
      throw new OptionTypeError({
        action: "use",
        option: "lenient",
        value: true,
        reason: "requests are always read strictly",
      });
    }
    this.#state = new ConnectionState(role);
    this.#queue = queue;
    this.#incoming = new IncomingMessages(this.#state, settings, queue);
    this.#outgoing = new OutgoingMessages(this.#state, this.#incoming);
  }

  /** How far the peer's direction has come. */
  get peerState(): HttpState {
    return this.#state.peer;
  }

  /** How far this side's direction has come. */
  get ownState(): HttpState {
    return this.#state.own;
  }

  /**
   * Whether another exchange may follow, as far as is known. A server that
   * sends a head while it is `false` adds `connection: close`.
   */
  get keepAlive(): boolean {
    return this.#state.keepAlive;
  }

  /** The bytes of the last head, as they came, with the empty line; a copy. */
  get headBytes(): Uint8Array {
    return bytesOf(this.#incoming.headText);
  }

  /** The last head as it came, a character for each byte (ISO 8859-1). */
  get headText(): string {
    return this.#incoming.headText;
  }

  /**
   * Faults of the response whose head came last that were accepted because of
   * `lenient`, each of them once. The array grows until the end of the response;
   * the next response has an array of its own.
   */
  get forgiven(): readonly Forgiven[] {
    return this.#incoming.forgiven;
  }

  /**
   * Length in bytes of the body whose head came last, 0 without a body;
   * `undefined` if only its end tells.
   */
  get bodyBytes(): number | undefined {
    return this.#incoming.bodyBytes;
  }

  /**
   * Whether parts of a body were given that are views of the bytes received. As
   * long as not, their buffer may be used again.
   */
  get lends(): boolean {
    return this.#incoming.lends;
  }

  /** How many bytes of the peer were taken so far, since the stream began. */
  get offset(): number {
    return this.#queue.offset;
  }

  /** Whether a part of a head has arrived, and the rest has not. */
  get begun(): boolean {
    return this.#incoming.begun;
  }

  /**
   * Whether more bytes, or the end of the stream, are what
   * {@linkcode HttpConnection.next} needs to go on. Not while a request waits
   * for the response to the one before it, nor when all is over.
   */
  get needsBytes(): boolean {
    return this.#incoming.needsBytes;
  }

  /**
   * Whether the client waits for `100 Continue` before it sends the body: until
   * that or a final response was sent, or it has begun anyway.
   */
  get peerAwaitsContinue(): boolean {
    return this.#outgoing.isAwaited;
  }

  /**
   * Adds bytes from the peer.
   *
   * @param chunk The bytes; the connection keeps the array, and what it gives
   * are views of it.
   */
  receive(chunk: Uint8Array): void {
    this.#queue.push(chunk);
  }

  /**
   * Says that the peer has finished sending.
   *
   * @param announced Whether it said so itself; `false` if a TLS connection
   * ended without the alert for it. A body that only the end delimits is then
   * truncated.
   */
  receiveEnd(announced: boolean = true): void {
    this.#incoming.receiveEnd(announced);
  }

  /**
   * Gives the next event.
   *
   * @returns It, or `undefined`: then {@linkcode HttpConnection.needsBytes} and
   * {@linkcode HttpConnection.peerState} say what it is waiting for.
   * @throws {HttpError} If the peer broke HTTP or a limit, or the stream ended
   * inside a message; the same error again on each later call.
   */
  next(): HttpEvent | undefined {
    return this.#incoming.next();
  }

  /**
   * Takes the bytes that have arrived and were not given as events: once the
   * protocol was switched, those of the next one.
   *
   * @returns The bytes; a view or a copy.
   */
  takeRest(): Uint8Array {
    return this.#incoming.takeRest();
  }

  /**
   * Frees the memory of a head that came again and again: call it for a connection
   * that waits. The head of a request that comes twice in a row, up to 2 KiB long,
   * is kept with its fields, and the next one like it is compared with it in a tenth
   * of the time that reading takes.
   */
  forgetHeads(): void {
    this.#incoming.forgetHeads();
  }

  /** Says that no exchange is to follow the one that goes on or comes next. */
  closeAfterThis(): void {
    const { role, own, peer } = this.#state;
    this.#state.keepAlive = false;
    // A client may still send the one request that it asks to be the last.
    if (role === "client" || own !== "idle") return;
    if (peer === "idle" && !this.begun) this.#state.close();
  }

  /**
   * Writes an event.
   *
   * The body of a response whose head has neither `content-length` nor
   * `transfer-encoding` is sent chunked, or until close to a peer of HTTP/1.0;
   * a request without both has no body. `connection` is added where it is
   * needed and missing.
   *
   * @param event The event.
   * @param sink Where its bytes are appended; data above 32 KiB may be referred
   * to and not copied.
   * @throws {TypeError} If the event cannot be written, or not now; then nothing
   * is appended.
   * @throws {RangeError} If the body would be longer or shorter than its
   * `content-length`; likewise.
   */
  send(event: HttpEvent, sink: ByteSink): void {
    this.#outgoing.send(event, sink);
  }

  /**
   * Counts bytes of the body that the caller writes itself, such as those of a file,
   * instead of an event with them.
   *
   * @param count How many bytes it writes between what was appended before and what
   * is appended next.
   * @throws {RangeError} If the body would be longer than its `content-length`.
   * @throws {TypeError} If the body is chunked, or none is being sent.
   */
  passed(count: number): void {
    this.#outgoing.passed(count);
  }
}
