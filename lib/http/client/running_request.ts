/**
 * One request and its response on a connection.
 *
 * ```text
 * upload    head, body ... body, end ────────────►
 * response        ◄──── informational ... head, body ... body, end
 * ```
 *
 * Both run at the same time: a server may answer before it has read the
 * request.
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import type { Channel } from "../../session/channel/channel.ts";
import type {
  HeaderField,
  HttpEvent,
  InformationalHead,
  ResponseHead,
} from "../wire/events.ts";
import { tooLarge } from "../wire/http_error.ts";
import type { Forgiven } from "../wire/http_limits.ts";
import type { HttpClientConnection } from "./connection/client_connection.ts";
import type { RequestSettings } from "./options.ts";
import type { BodySource } from "./request/outgoing_body.ts";
import type { OutgoingRequest } from "./request/outgoing_request.ts";
import { named, noResponse, stalled } from "./response/response_error.ts";
import { Upload } from "./request/upload.ts";

// During long work a server sends one from time to time. Without a bound, a
// server that sends nothing else would never end.
const MAX_INFORMATIONAL = 100;
// Reading more than this of an unwanted response costs more than a new
// connection.
const DISCARD_BYTES = 64 * 1024;
const DISCARD_MS = 1_000;
const NOTHING = new Uint8Array(0);

/** One request and its response; reads the response's body. */
export class RunningRequest implements BodySource {
  /** The request. */
  readonly request: OutgoingRequest;
  /** Called with the error when the body fails outside a read. */
  onFailure: ((reason: unknown) => void) | undefined;
  /** Fields after the body, once it was read. */
  trailers: readonly HeaderField[] = [];
  readonly #connection: HttpClientConnection;
  readonly #settings: RequestSettings;
  readonly #release: (connection: HttpClientConnection) => Promise<void>;
  readonly #upload: Upload;
  readonly #bytesBefore: number;
  readonly #onAbort = () => this.#fail(this.#settings.signal!.reason);
  // Parts of the body that arrived before read() was called.
  readonly #ahead: HttpEvent[] = [];
  #forgiven: readonly Forgiven[] = [];
  #isOver = false;
  #hasFailed = false;
  #failure: unknown;

  /**
   * Prepares a request.
   *
   * @param release Takes the connection back at the end.
   */
  constructor(
    connection: HttpClientConnection,
    request: OutgoingRequest,
    settings: RequestSettings,
    release: (connection: HttpClientConnection) => Promise<void>,
  ) {
    this.#connection = connection;
    this.request = request;
    this.#settings = settings;
    this.#release = release;
    this.#bytesBefore = connection.channel.traffic.bytesIn;
    this.#upload = new Upload(connection, request);
  }

  /** Faults of the response that were accepted; grows until its end. */
  get forgiven(): readonly Forgiven[] {
    return this.#forgiven;
  }

  /** Whether no byte has arrived from the server. */
  get isUnanswered(): boolean {
    return this.#connection.channel.traffic.bytesIn === this.#bytesBefore;
  }

  /**
   * Sends the request and waits for the response.
   *
   * @returns The response's head; the body is still to be read, unless
   * {@linkcode RunningRequest.isSwitched}.
   * @throws {HttpError} If the server's answer is malformed or missing.
   * @throws {ConnectionError | TimeoutError} If the link is lost or the time over.
   */
  async begin(): Promise<ResponseHead | InformationalHead> {
    const { responseTimeoutMs, signal } = this.#settings;
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    if (signal?.aborted) {
      this.#onAbort();
    } else {
      const { name } = this.request.target;
      this.#connection.idleTimer.begin(
        responseTimeoutMs,
        () => this.#fail(noResponse(name, responseTimeoutMs)),
      );
    }
    this.#connection.requests++;
    this.#connection.observe(
      this.#settings.onBytes,
      (error) => this.#fail(error),
    );
    this.#upload.run().catch((error) => this.#fail(error));
    try {
      const head = await this.#finalHead();
      // Of this response alone: the next one has a list of its own.
      this.#forgiven = this.#connection.http.forgiven;
      this.#upload.answered();
      return head;
    } catch (error) {
      throw this.#broken(error);
    } finally {
      this.#connection.idleTimer.end();
    }
  }

  /**
   * Reads the next bytes of the response's body; `undefined` at the end, when the
   * connection was released.
   */
  async read(): Promise<Uint8Array | undefined> {
    if (this.#isOver) return undefined;
    const { bodyTimeoutMs } = this.#settings;
    try {
      const event = await this.#next(() =>
        this.#connection.idleTimer.begin(
          bodyTimeoutMs,
          () => this.#fail(stalled(this.request.target.name, bodyTimeoutMs)),
        )
      );
      if (event.type === "data") return event.bytes;
      if (event.type === "end") this.trailers = event.trailers;
    } catch (error) {
      throw this.#broken(error);
    } finally {
      this.#connection.idleTimer.end();
    }
    await this.#finish();
    return undefined;
  }

  /**
   * Takes the body if all of it arrived with the head, as small ones do. That saves
   * a stream, and the connection is released at once. Otherwise `undefined`, and
   * {@linkcode RunningRequest.read} gives all of it.
   */
  async readWhole(): Promise<Uint8Array | undefined> {
    const body = this.#wholeBody();
    if (body !== undefined) await this.#finish();
    return body;
  }

  /** Whether the server has agreed to another protocol, or opened a tunnel. */
  get isSwitched(): boolean {
    return this.#connection.http.peerState === "switched";
  }

  /** Gives the channel away once it is switched. */
  takeOver(): Channel {
    this.#isOver = true;
    this.#forgetSignal();
    this.#connection.idleTimer.close();
    return this.#connection.channel;
  }

  /** Aborts the request and its connection. */
  cancel(reason: unknown): void {
    this.onFailure = undefined;
    this.#fail(
      reason ??
        new ClosedError({
          action: "read the response of",
          address: this.request.target.name,
          reason: "it was cancelled",
        }),
    );
  }

  /** Drops an unwanted body; reads a small one, to use the connection again. */
  async discard(): Promise<void> {
    if (await this.readWhole() !== undefined) return;
    const { time } = this.#connection.channel.settings;
    const timer = time.setTimer(() => this.cancel(undefined), DISCARD_MS);
    let left = DISCARD_BYTES;
    try {
      for (let part; left > 0 && (part = await this.read()) !== undefined;) {
        left -= part.length;
      }
    } catch {
      // Neither its end nor its failure matters.
    } finally {
      time.clearTimer(timer);
    }
    this.cancel(undefined);
  }

  async #finalHead(): Promise<ResponseHead | InformationalHead> {
    const { onInformational } = this.#settings;
    for (let count = 0;; count++) {
      const event = await this.#next();
      if (event.type === "response") return event;
      if (event.type !== "informational") continue;
      if (event.status === 100) this.#upload.agree();
      if (event.status === 101) return event;
      if (count === MAX_INFORMATIONAL) {
        throw tooLarge(
          431,
          "number of informational responses",
          MAX_INFORMATIONAL,
        );
      }
      onInformational?.(event);
    }
  }

  #wholeBody(): Uint8Array | undefined {
    // A request that is still being sent is awaited after the body, not before.
    if (this.#hasFailed || !this.#upload.isDone) return undefined;
    const { http } = this.#connection;
    const ahead = this.#ahead;
    try {
      for (let event; (event = http.next()) !== undefined;) {
        ahead.push(event);
        if (event.type === "end" || ahead.length === 2) break;
      }
    } catch {
      // read() throws it again, after the bytes before it.
    }
    const last = ahead.at(-1);
    // Trailers are available once the body was read.
    if (last?.type !== "end" || last.trailers.length > 0) return undefined;
    const first = ahead[0]!;
    return first.type === "data" ? first.bytes : NOTHING;
  }

  async #next(onWait?: () => void): Promise<HttpEvent> {
    const connection = this.#connection;
    for (;;) {
      if (this.#hasFailed) throw this.#failure;
      const event = this.#ahead.shift() ?? connection.next();
      if (event !== undefined) return event;
      onWait?.();
      await connection.fill();
    }
  }

  /** The response is complete: releases the connection. */
  async #finish(): Promise<void> {
    this.#isOver = true;
    if (!this.#upload.isDone) await this.#upload.ended();
    this.#forgetSignal();
    if (this.#upload.isDone) return await this.#release(this.#connection);
    // The server has answered before it has read the whole request. It does not
    // need the rest, and only closing stops the upload halfway.
    const reason = new ClosedError({
      action: "send the rest of the body to",
      address: this.request.target.name,
      reason: "the response is over",
    });
    this.#upload.stop(reason);
    this.#connection.abort(reason);
  }

  /** Notes a failure of reading, and returns the error to throw. */
  #broken(error: unknown): unknown {
    if (this.#hasFailed) return this.#failure;
    const failure = named(error, this.request.target.name);
    this.#fail(failure);
    return failure;
  }

  #fail(reason: unknown): void {
    if (this.#isOver || this.#hasFailed) return;
    this.#hasFailed = true;
    this.#failure = reason;
    this.#forgetSignal();
    this.#upload.stop(reason);
    this.#connection.abort(reason);
    this.onFailure?.(reason);
  }

  #forgetSignal(): void {
    this.#settings.signal?.removeEventListener("abort", this.#onAbort);
  }
}
