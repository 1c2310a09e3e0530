/**
 * The peer's direction: bytes in, events out.
 *
 * @module
 */

import type { ByteQueue } from "../../../bytes/byte_queue.ts";
import { bodyLength, isBodiless } from "../body_length.ts";
import type { BodyReader } from "./body_parts.ts";
import { bodyReader } from "./body_reader.ts";
import type {
  HttpEvent,
  InformationalHead,
  RequestHead,
  ResponseHead,
} from "../events.ts";
import { type ConnectionState, persists } from "../connection_state.ts";
import { type Head, HeadReader } from "./head_reader.ts";
import { type HttpError, malformed, truncated } from "../http_error.ts";
import type { Forgiven, HttpReadSettings } from "../http_limits.ts";
import { Allowance } from "./allowance.ts";
import { compact } from "./compact.ts";
import {
  type CheckedRequest,
  checkedRequest,
  checkSwitch,
} from "./request_rules.ts";
import {
  parseRequestLine,
  parseStatusLine,
  type RequestLine,
  type StatusLine,
} from "./start_line.ts";

const NOTHING = new Uint8Array(0);

/** Reads the messages of one direction. */
export class IncomingMessages {
  /**
   * Faults that were accepted in the message whose head came last; grows until
   * its end.
   */
  forgiven: readonly Forgiven[] = [];
  /** The last head as it came, a character for each byte. */
  headText = "";
  /** Whether a part of a body was given that is a view of the queue's buffer. */
  lends = false;
  /** Bytes of the last message's body; `undefined` if only its end tells. */
  bodyBytes: number | undefined = 0;
  readonly #state: ConnectionState;
  readonly #settings: HttpReadSettings;
  readonly #queue: ByteQueue;
  // A server reads requests, a client responses.
  readonly #requests: HeadReader<RequestLine> | undefined;
  readonly #responses: HeadReader<StatusLine> | undefined;
  // How the stream has ended, if it has.
  #end: "announced" | "cut off" | undefined;
  #failure: HttpError | undefined;
  #body: BodyReader | undefined;
  // Of the response that comes, or is here.
  #allowance: Allowance | undefined;
  // The request of the head that comes again and again.
  #known: CheckedRequest | undefined;

  /**
   * Begins at the first byte of a stream.
   *
   * @param state What is shared with the other direction.
   */
  constructor(
    state: ConnectionState,
    settings: HttpReadSettings,
    queue: ByteQueue,
  ) {
    this.#state = state;
    this.#queue = queue;
    this.#settings = settings;
    if (state.role === "server") {
      this.#requests = new HeadReader(settings, "request", parseRequestLine);
    } else {
      this.#responses = new HeadReader(settings, "response", parseStatusLine);
    }
  }

  /** Whether bytes are here that were not given as events. */
  get hasBytes(): boolean {
    return this.#queue.length > 0;
  }

  /** Whether a part of a head has arrived, and the rest has not. */
  get begun(): boolean {
    return this.#state.peer === "idle" && (this.hasBytes || this.#heads.begun);
  }

  /** Whether more bytes, or the end, are what it takes to go on. */
  get needsBytes(): boolean {
    if (this.#end !== undefined) return false;
    const { peer } = this.#state;
    return peer === "idle" || peer === "body";
  }

  /**
   * There will be no more.
   *
   * @param announced Whether the peer said so itself.
   */
  receiveEnd(announced: boolean): void {
    this.#end = announced ? "announced" : "cut off";
  }

  /**
   * Gives the next event.
   *
   * @returns The event, or `undefined` if none is here yet.
   * @throws {HttpError} If the peer broke HTTP, on this and every later call.
   */
  next(): HttpEvent | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const state = this.#state;
    try {
      if (state.peer === "body") return this.#nextOfBody();
      if (state.peer !== "idle") return undefined;
      return this.#requests !== undefined
        ? this.#nextRequest(this.#requests)
        : this.#nextResponse(this.#responses!);
    } catch (error) {
      this.#failure = error as HttpError;
      state.peer = "failed";
      state.keepAlive = false;
      state.settle();
      throw error;
    }
  }

  /**
   * Takes what was not given as events.
   *
   * @returns The bytes; a view or a copy.
   */
  takeRest(): Uint8Array {
    const count = this.#queue.gather();
    return count === 0 ? NOTHING : this.#queue.take(count);
  }

  /** Drops what is known of heads before. */
  forgetHeads(): void {
    this.#heads.forget();
    this.#known = undefined;
  }

  get #heads(): HeadReader<RequestLine | StatusLine> {
    return this.#requests ?? this.#responses!;
  }

  #nextRequest(heads: HeadReader<RequestLine>): RequestHead | undefined {
    const head = heads.read(this.#queue);
    if (head === undefined) return this.#noHead();
    const { line, fields } = head;
    const { method, version } = line;
    const state = this.#state;
    // First of all, so that a refusal is answered in the right way.
    state.method = method;
    state.version = version;
    state.request = fields;
    this.headText = head.text;
    state.keepAlive &&= persists(fields, version);
    const { event, length } = this.#known?.head === head
      ? this.#known
      : this.#checked(head);
    this.bodyBytes = typeof length === "number" ? length : undefined;
    this.#body = bodyReader(length, this.#settings, undefined);
    state.awaitsContinue = fields.expect !== undefined && length !== 0 &&
      version === "1.1";
    state.peer = "body";
    return event;
  }

  /** Checks a head, and notes what that told if the head will come again. */
  #checked(head: Head<RequestLine>): CheckedRequest {
    const checked = checkedRequest(head, this.#settings.maxBodyBytes);
    if (this.#requests!.repeated === head) {
      // As its fields are: a program that changes it would change the next one.
      Object.freeze(checked.event);
      this.#known = checked;
    }
    return checked;
  }

  #nextResponse(
    heads: HeadReader<StatusLine>,
  ): ResponseHead | InformationalHead | undefined {
    const state = this.#state;
    if (state.own === "idle") {
      if (!this.hasBytes) return this.#noHead();
      throw malformed("RFC 9112 9.2", "a response came without a request");
    }
    if (this.#allowance === undefined) {
      this.#allowance = new Allowance(this.#settings);
      this.forgiven = this.#allowance.forgiven;
    }
    const head = heads.read(this.#queue, this.#allowance);
    if (head === undefined) return this.#noHead();
    this.headText = head.text;
    const { line, fields } = head;
    if (line.status < 200) return this.#gotInformational(head);
    state.keepAlive &&= persists(fields, line.version);
    if (state.method === "CONNECT" && line.status < 300) state.switch();
    else this.#beginResponseBody(head);
    return { type: "response", ...line, headers: fields.all };
  }

  #beginResponseBody({ fields, line }: Head<StatusLine>): void {
    const { maxBodyBytes } = this.#settings;
    const allowance = this.#allowance!;
    const length = isBodiless(this.#state.method, line.status) ? 0 : bodyLength(
      fields,
      line.version,
      "close",
      maxBodyBytes,
      (fault) => allowance.forgive(fault),
    );
    if (length === "close") this.#state.keepAlive = false;
    this.bodyBytes = typeof length === "number" ? length : undefined;
    this.#body = bodyReader(length, this.#settings, allowance);
    this.#state.peer = "body";
  }

  #gotInformational(
    { fields, line, text }: Head<StatusLine>,
  ): InformationalHead {
    const { own, request, version } = this.#state;
    this.#allowance!.spend(text.length);
    if (line.status === 101) {
      checkSwitch(request!, version, own === "done");
      this.#state.switch();
    }
    return { type: "informational", ...line, headers: fields.all };
  }

  /** There is no whole head: a matter of waiting, or the end. */
  #noHead(): undefined {
    if (this.#end === undefined) return undefined;
    const state = this.#state;
    if (this.begun) throw this.#heads.cutOff();
    if (state.role === "client" && state.own !== "idle") {
      throw truncated("before a response to the request came");
    }
    state.peer = "closed";
    state.keepAlive = false;
    if (state.own === "idle") state.own = "closed";
    return undefined;
  }

  #nextOfBody(): HttpEvent | undefined {
    let event: HttpEvent | undefined = this.#body!.next(this.#queue);
    if (event === undefined) {
      if (this.#end === undefined) return undefined;
      event = this.#body!.end(this.#end === "announced");
    }
    this.#state.awaitsContinue = false;
    if (event.type === "data") {
      const bytes = compact(event.bytes);
      if (bytes !== event.bytes) return { type: "data", bytes };
      this.lends = true;
    } else if (event.type === "end") {
      this.#allowance = undefined;
      this.#state.peer = "done";
      this.#state.settle();
    }
    return event;
  }
}
