/**
 * One request and its response on a connection.
 *
 * ```text
 * upload    head, body ... body, end ────────────►
 * response        ◄──── informational ... head, body ... body, end
 * ```
 *
 * Both go on at the same time: a server may answer before it has read all.
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import type { HeaderField, HttpEvent, ResponseHead } from "../wire/events.ts";
import { tooLarge } from "../wire/http_error.ts";
import type { Forgiven } from "../wire/http_limits.ts";
import type { HttpClientConnection } from "./connection/client_connection.ts";
import type { RequestSettings } from "./options.ts";
import type { BodySource } from "./request/outgoing_body.ts";
import type { OutgoingRequest } from "./request/outgoing_request.ts";
import { named, noResponse, stalled } from "./response/response_error.ts";
import { Upload } from "./request/upload.ts";

// A server of long work sends one from time to time; without a bound, one that
// sends nothing else is never done.
const MAX_INFORMATIONAL = 100;
// The response is over and the last write not yet confirmed: mostly that is a
// matter of a turn. As Go's client.
const UPLOAD_GRACE_MS = 50;
// What a response that nobody wants may cost before a new connection is cheaper.
const DISCARD_BYTES = 64 * 1024;
const DISCARD_MS = 1_000;
const NOTHING = new Uint8Array(0);

/** One request and its response; reads the response's body. */
export class RunningRequest implements BodySource {
  /** What is asked. */
  readonly request: OutgoingRequest;
  /** Told why there is no more of the body, when that is not by reading it. */
  onFailure: ((reason: unknown) => void) | undefined;
  /** Fields behind the body, once it was read. */
  trailers: readonly HeaderField[] = [];
  readonly #connection: HttpClientConnection;
  readonly #settings: RequestSettings;
  readonly #release: (connection: HttpClientConnection) => Promise<void>;
  readonly #upload: Upload;
  readonly #onAbort = () => this.#fail(this.#settings.signal!.reason);
  // Parts of the body that were read before read() was asked for them.
  readonly #ahead: HttpEvent[] = [];
  #uploading: Promise<void> | undefined;
  #forgiven: readonly Forgiven[] = [];
  #received = 0;
  #isOver = false;
  #hasFailed = false;
  #failure: unknown;

  /**
   * Prepares a request.
   *
   * @param connection On what; its own until it is released.
   * @param request What is asked.
   * @param settings How long to wait, who is to be shown what.
   * @param release Takes the connection back once all is over.
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
    const { onBytes } = settings;
    this.#upload = new Upload(connection, request, onBytes);
  }

  /** Faults of the response that were accepted; grows until its end. */
  get forgiven(): readonly Forgiven[] {
    return this.#forgiven;
  }

  /** Whether nothing at all has come from the server. */
  get isUnanswered(): boolean {
    return this.#received === 0;
  }

  /**
   * Sends the request and waits for the response.
   *
   * @returns The response's head; the body is still to be read.
   * @throws {HttpError} If the server's answer is no response, or there is none.
   * @throws {ConnectionError} If the link is lost.
   * @throws {TimeoutError} If there is no response in time.
   */
  async begin(): Promise<ResponseHead> {
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
    this.#uploading = this.#upload.run()
      .catch((error) => this.#fail(error));
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
   * Reads on in the response's body.
   *
   * @returns The next bytes, or `undefined` at the end: then the connection was
   * given back.
   * @throws As {@linkcode RunningRequest.begin}.
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
   * Reads the body if all of it came together with the head, as small ones do:
   * that spares a stream, and the connection is given back at once.
   *
   * @returns The body, or `undefined` if there is more to it: then
   * {@linkcode RunningRequest.read} gives all of it.
   */
  async readWhole(): Promise<Uint8Array | undefined> {
    const body = this.#wholeBody();
    if (body !== undefined) await this.#finish();
    return body;
  }

  /**
   * Gives up; the connection with it.
   *
   * @param reason Why.
   */
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

  /**
   * Gets rid of a body that nobody wants, so that the connection can be used
   * again if that costs little.
   */
  async discard(): Promise<void> {
    if (await this.readWhole() !== undefined) return;
    const timer = setTimeout(() => this.cancel(undefined), DISCARD_MS);
    let left = DISCARD_BYTES;
    try {
      for (let part; left > 0 && (part = await this.read()) !== undefined;) {
        left -= part.length;
      }
    } catch {
      // Its end does not matter, nor how it was broken.
    } finally {
      clearTimeout(timer);
    }
    this.cancel(undefined);
  }

  async #finalHead(): Promise<ResponseHead> {
    const { onInformational } = this.#settings;
    for (let count = 0;; count++) {
      const event = await this.#next();
      if (event.type === "response") return event;
      if (event.type !== "informational") continue;
      if (event.status === 100) this.#upload.agree();
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
    // Who still sends is waited for behind the body, not before it is given.
    if (this.#hasFailed || !this.#upload.isDone) return undefined;
    const { http } = this.#connection;
    const ahead = this.#ahead;
    try {
      for (let event; (event = http.next()) !== undefined;) {
        ahead.push(event);
        if (event.type === "end" || ahead.length === 2) break;
      }
    } catch {
      // It will be thrown again, behind the bytes before it.
    }
    const last = ahead.at(-1);
    // Trailers are there once the body was read.
    if (last?.type !== "end" || last.trailers.length > 0) return undefined;
    const first = ahead[0]!;
    return first.type === "data" ? first.bytes : NOTHING;
  }

  async #next(onWait?: () => void): Promise<HttpEvent> {
    const { http } = this.#connection;
    for (;;) {
      if (this.#hasFailed) throw this.#failure;
      const event = this.#ahead.shift() ?? http.next();
      if (event !== undefined) return event;
      onWait?.();
      this.#received += await this.#connection.receive(this.#settings.onBytes);
    }
  }

  /** The response is over: gives the connection back. */
  async #finish(): Promise<void> {
    this.#isOver = true;
    if (!this.#upload.isDone) await this.#uploadGrace();
    this.#forgetSignal();
    if (this.#upload.isDone) return await this.#release(this.#connection);
    // The server has said all without having heard all. What it has not heard it
    // does not want, and the only way to stop in the middle is to close.
    const reason = new ClosedError({
      action: "send the rest of the body to",
      address: this.request.target.name,
      reason: "the response is over",
    });
    this.#upload.stop(reason);
    this.#connection.abort(reason);
  }

  async #uploadGrace(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, UPLOAD_GRACE_MS);
    await Promise.race([this.#uploading, promise]);
    clearTimeout(timer);
  }

  /** Notes a failure of reading, and gives the error to be thrown. */
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
