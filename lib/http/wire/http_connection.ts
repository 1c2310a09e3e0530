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
import { bodyLength } from "./body_length.ts";
import { type BodyReader, bodyReader } from "./body_reader.ts";
import { BodyWriter } from "./body_writer.ts";
import type {
  HttpEvent,
  HttpVersion,
  InformationalHead,
  RequestHead,
  ResponseHead,
} from "./events.ts";
import type { Fields } from "./fields.ts";
import { type Head, HeadReader } from "./head_reader.ts";
import { fieldLines, statusLine } from "./head_writer.ts";
import { type HttpError, malformed, truncated } from "./http_error.ts";
import {
  type HttpReadOptions,
  type HttpReadSettings,
  readSettings,
} from "./http_limits.ts";
import {
  checkNoLength,
  checkStatus,
  fieldsOf,
  isBodiless,
  persists,
  sendRequest,
  sendResponse,
} from "./outgoing.ts";
import { checkRequest, checkSwitch, switchFault } from "./request_rules.ts";
import {
  parseRequestLine,
  parseStatusLine,
  type RequestLine,
  type StatusLine,
} from "./start_line.ts";

/** Which end of the connection this is. */
export type HttpRole = "client" | "server";

/**
 * How far one direction of the current exchange has come.
 *
 * ```text
 * idle ─► body ─► done ─► idle, for another exchange, or closed
 *   └───────┴────► switched: what follows is no HTTP
 * ```
 *
 * - `idle`: nothing yet, informational heads apart
 * - `body`: the head is over, the end is not
 * - `done`: over; idle or closed once the other direction is done too
 * - `closed`: nothing more comes, or may be sent
 * - `switched`: the bytes belong to another protocol
 * - `failed`: the peer broke HTTP, and nothing more is read
 */
export type HttpState =
  | "idle"
  | "body"
  | "done"
  | "closed"
  | "switched"
  | "failed";

const NOTHING = new Uint8Array(0);

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
  readonly #role: HttpRole;
  readonly #settings: HttpReadSettings;
  readonly #queue = new ByteQueue();
  readonly #requests: HeadReader<RequestLine>;
  readonly #responses: HeadReader<StatusLine>;
  // The end of the stream has come, and whether it was announced.
  #ended = false;
  #announced = true;
  #failure: HttpError | undefined;
  #peer: HttpState = "idle";
  #own: HttpState = "idle";
  #body: BodyReader | undefined;
  #writer: BodyWriter | undefined;
  #headBytes: Uint8Array = NOTHING;
  // Of the exchange that goes on.
  #keepAlive = true;
  #method: string | undefined;
  #version: HttpVersion = "1.1";
  #request: Fields | undefined;
  #awaitsContinue = false;

  /**
   * Begins at one end of a fresh connection.
   *
   * @param role Which end this is.
   * @param options Limits, and how strictly to read.
   * @throws {RangeError} If a limit is out of its range.
   * @throws {TypeError} If there is no such role.
   */
  constructor(role: HttpRole, options: HttpReadOptions = {}) {
    if (role !== "client" && role !== "server") {
      throw new TypeError(
        `Cannot be a "${role}" of HTTP: it must be "client" or "server"`,
      );
    }
    this.#role = role;
    this.#settings = readSettings(options);
    this.#requests = new HeadReader(
      this.#settings,
      "request",
      parseRequestLine,
    );
    this.#responses = new HeadReader(
      this.#settings,
      "response",
      parseStatusLine,
    );
  }

  /** How far the peer's direction has come. */
  get peerState(): HttpState {
    return this.#peer;
  }

  /** How far this side's direction has come. */
  get ownState(): HttpState {
    return this.#own;
  }

  /**
   * Whether another exchange may follow, as far as is known. A server that
   * sends a head while it is `false` adds `connection: close`.
   */
  get keepAlive(): boolean {
    return this.#keepAlive;
  }

  /** The bytes of the last head, as they came, with the empty line; a view. */
  get headBytes(): Uint8Array {
    return this.#headBytes;
  }

  /** Whether a part of a head has arrived, and the rest has not. */
  get begun(): boolean {
    return this.#peer === "idle" &&
      (this.#queue.length > 0 || this.#heads.begun);
  }

  /**
   * Whether more bytes, or the end of the stream, are what
   * {@linkcode HttpConnection.next} needs to go on. Not while a request waits
   * for the response to the one before it, nor when all is over.
   */
  get needsBytes(): boolean {
    if (this.#ended) return false;
    return this.#peer === "idle" || this.#peer === "body";
  }

  /**
   * Whether the client waits for `100 Continue` before it sends the body: until
   * that or a final response was sent, or it has begun anyway.
   */
  get peerAwaitsContinue(): boolean {
    return this.#awaitsContinue && this.#queue.length === 0;
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
    this.#ended = true;
    this.#announced = announced;
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
    if (this.#failure !== undefined) throw this.#failure;
    try {
      if (this.#peer === "body") return this.#nextOfBody();
      if (this.#peer !== "idle") return undefined;
      return this.#role === "server"
        ? this.#nextRequest()
        : this.#nextResponse();
    } catch (error) {
      this.#failure = error as HttpError;
      this.#peer = "failed";
      this.#keepAlive = false;
      this.#settle();
      throw error;
    }
  }

  /**
   * Takes the bytes that have arrived and were not given as events: once the
   * protocol was switched, those of the next one.
   *
   * @returns The bytes; a view or a copy.
   */
  takeRest(): Uint8Array {
    const count = this.#queue.gather();
    return count === 0 ? NOTHING : this.#queue.take(count);
  }

  /** Says that no exchange is to follow the one that goes on or comes next. */
  closeAfterThis(): void {
    this.#keepAlive = false;
    // A client may still send the one request that it asks to be the last.
    if (this.#role === "client" || this.#own !== "idle") return;
    if (this.#peer === "idle" && !this.begun) this.#close();
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
   * @param sink Where its bytes are appended; data above 128 KiB is referred to
   * and not copied.
   * @throws {TypeError} If the event cannot be written, or not now; then nothing
   * is appended.
   * @throws {RangeError} If the body would be longer or shorter than its
   * `content-length`; likewise.
   */
  send(event: HttpEvent, sink: ByteSink): void {
    switch (event.type) {
      case "request":
        return this.#sendRequest(event, sink);
      case "response":
        return this.#sendResponse(event, sink);
      case "informational":
        return this.#sendInformational(event, sink);
      case "data":
        this.#expect("body", "a part of a body");
        return this.#writer!.data(event.bytes, sink);
      case "end":
        this.#expect("body", "the end of a message");
        this.#writer!.end(event.trailers, sink);
        this.#own = "done";
        this.#settle();
    }
  }

  get #heads(): HeadReader<RequestLine | StatusLine> {
    return this.#role === "server" ? this.#requests : this.#responses;
  }

  #nextRequest(): RequestHead | undefined {
    const head = this.#requests.read(this.#queue);
    if (head === undefined) return this.#noHead();
    const { line, fields } = head;
    // First of all, so that a refusal is answered in the right way.
    this.#method = line.method;
    this.#version = line.version;
    this.#request = fields;
    this.#headBytes = head.bytes;
    this.#keepAlive &&= persists(fields, line.version);
    checkRequest(line, fields);
    const { version, target } = line;
    const { maxBodyBytes } = this.#settings;
    const length = bodyLength(fields, version, 0, maxBodyBytes);
    if (line.method === "CONNECT" && length !== 0) {
      // To some these bytes are the tunnel's first, to others a body.
      throw malformed("RFC 9110 9.3.6", "a CONNECT request has a body");
    }
    this.#body = bodyReader(length, this.#settings);
    this.#awaitsContinue = fields.expect !== undefined && length !== 0 &&
      version === "1.1";
    this.#peer = "body";
    return {
      type: "request",
      method: line.method,
      target,
      version,
      headers: fields.all,
    };
  }

  #nextResponse(): ResponseHead | InformationalHead | undefined {
    if (this.#own === "idle") {
      if (this.#queue.length === 0) return this.#noHead();
      throw malformed("RFC 9112 9.2", "a response came without a request");
    }
    const head = this.#responses.read(this.#queue);
    if (head === undefined) return this.#noHead();
    this.#headBytes = head.bytes;
    const { line, fields } = head;
    if (line.status < 200) return this.#gotInformational(head);
    this.#keepAlive &&= persists(fields, line.version);
    if (this.#method === "CONNECT" && line.status < 300) {
      this.#own = this.#peer = "switched";
    } else {
      this.#beginResponseBody(head);
    }
    return { type: "response", ...line, headers: fields.all };
  }

  #beginResponseBody({ fields, line }: Head<StatusLine>): void {
    const { maxBodyBytes } = this.#settings;
    const length = isBodiless(this.#method, line.status)
      ? 0
      : bodyLength(fields, line.version, "close", maxBodyBytes);
    if (length === "close") this.#keepAlive = false;
    this.#body = bodyReader(length, this.#settings);
    this.#peer = "body";
  }

  #gotInformational({ fields, line }: Head<StatusLine>): InformationalHead {
    if (line.status === 101) {
      checkSwitch(this.#request!, this.#version, this.#own === "done");
      this.#own = this.#peer = "switched";
    }
    return { type: "informational", ...line, headers: fields.all };
  }

  /** There is no whole head: a matter of waiting, or the end. */
  #noHead(): undefined {
    if (!this.#ended) return undefined;
    if (this.begun) throw this.#heads.cutOff();
    if (this.#role === "client" && this.#own !== "idle") {
      throw truncated("before a response to the request came");
    }
    this.#peer = "closed";
    this.#keepAlive = false;
    if (this.#own === "idle") this.#own = "closed";
    return undefined;
  }

  #nextOfBody(): HttpEvent | undefined {
    let event: HttpEvent | undefined = this.#body!.next(this.#queue);
    if (event === undefined) {
      if (!this.#ended) return undefined;
      event = this.#body!.end(this.#announced);
    }
    this.#awaitsContinue = false;
    if (event.type === "end") {
      this.#peer = "done";
      this.#settle();
    }
    return event;
  }

  #sendRequest(head: RequestHead, sink: ByteSink): void {
    this.#checkRole("client", "a request");
    this.#expect("idle", "a request");
    if (this.#queue.length > 0) {
      throw new TypeError(
        "Cannot send a request: bytes came that no request had asked for, and would be taken for its response",
      );
    }
    const sent = sendRequest(head, this.#keepAlive, sink);
    this.#method = head.method;
    this.#version = head.version;
    this.#request = sent.fields;
    this.#keepAlive = sent.keepAlive;
    this.#writer = new BodyWriter(sent.length);
    this.#own = "body";
  }

  #sendResponse(head: ResponseHead, sink: ByteSink): void {
    this.#checkRole("server", "a response");
    this.#expect("idle", "a response");
    checkStatus(head.status, 200, 599);
    const isTunnel = this.#method === "CONNECT" && head.status < 300;
    if (isTunnel && this.#peer !== "done") {
      throw new TypeError(
        "Cannot open a tunnel: the end of the CONNECT request was not read",
      );
    }
    const sent = sendResponse(head, {
      method: this.#method,
      version: this.#version,
      // An answer to what has not come, such as 408, is the last one; and whoever
      // waits to send his body may send it still, or not.
      keepAlive: this.#keepAlive && this.#peer !== "idle" &&
        !this.peerAwaitsContinue,
    }, sink);
    this.#keepAlive = sent.keepAlive;
    this.#awaitsContinue = false;
    if (isTunnel) {
      this.#own = this.#peer = "switched";
      return;
    }
    this.#writer = new BodyWriter(sent.length);
    this.#own = "body";
  }

  #sendInformational(head: InformationalHead, sink: ByteSink): void {
    this.#checkRole("server", "an informational response");
    this.#expect("idle", "an informational response");
    checkStatus(head.status, 100, 199);
    if (this.#request === undefined) {
      throw new TypeError(
        "Cannot send an informational response: there is no request",
      );
    }
    const line = statusLine(head);
    checkNoLength(head.status, fieldsOf(head.headers));
    if (head.status === 101) {
      const fault = switchFault(
        this.#request,
        this.#version,
        this.#peer === "done",
      );
      if (fault !== undefined) {
        throw new TypeError(`Cannot switch protocols: ${fault}`);
      }
      this.#own = this.#peer = "switched";
    } else if (this.#version === "1.0") {
      // Such a client does not know them (RFC 9110 section 15.2).
      return;
    }
    if (head.status === 100) this.#awaitsContinue = false;
    sink.ascii(`${line}${fieldLines(head.headers)}\r\n`);
  }

  #checkRole(role: HttpRole, what: string): void {
    if (this.#role === role) return;
    throw new TypeError(`Cannot send ${what} as a ${this.#role}`);
  }

  #expect(state: HttpState, what: string): void {
    if (this.#own === state) return;
    throw new TypeError(
      `Cannot send ${what} now: this side of the exchange is ${this.#own}`,
    );
  }

  /** Begins another exchange once both directions are done with this one. */
  #settle(): void {
    if (this.#own !== "done") return;
    if (this.#peer === "failed") this.#own = "closed";
    // A server's answer to what has not come is the last one; to a client this
    // is the time in which it waits for the response.
    else if (this.#peer === "idle" && this.#role === "server") this.#close();
    if (this.#peer !== "done") return;
    if (!this.#keepAlive) return this.#close();
    this.#own = this.#peer = "idle";
    this.#method = this.#request = undefined;
  }

  #close(): void {
    this.#own = this.#peer = "closed";
  }
}
