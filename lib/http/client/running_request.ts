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
 * ```text
 *   running ── end of the response, or another protocol ──► over
 *      └────── failure, cancelled, aborted ───────────────► failed
 * ```
 *
 * @module
 */

import { ClosedError } from "../../errors.ts";
import type { Channel } from "../../session/channel/channel.ts";
import type {
  HeaderField,
  InformationalHead,
  ResponseHead,
} from "../wire/events.ts";
import type { Forgiven } from "../wire/http_limits.ts";
import type { HttpClientConnection } from "./connection/client_connection.ts";
import type { RequestSettings } from "./request_settings.ts";
import type { BodySource } from "./request/outgoing_body.ts";
import type { OutgoingRequest } from "./request/outgoing_request.ts";
import { named, noResponse, stalled } from "./response/response_error.ts";
import { ResponseReader } from "./response/response_reader.ts";
import { Upload } from "./request/upload.ts";

// Reading more than this of an unwanted response costs more than a new
// connection.
const DISCARD_BYTES = 64 * 1024;
const DISCARD_MS = 1_000;

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
  readonly #reader: ResponseReader;
  readonly #bytesBefore: number;
  readonly #onAbort = () => this.#fail(this.#settings.signal!.reason);
  #forgiven: readonly Forgiven[] = [];
  #state: "running" | "over" | "failed" = "running";
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
    this.#reader = new ResponseReader(connection);
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
    const { onInformational, responseTimeoutMs, signal } = this.#settings;
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
      const head = await this.#reader.head((informational) => {
        if (informational.status === 100) this.#upload.agree();
        onInformational?.(informational);
      });
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
    if (this.#state === "over") return undefined;
    const { bodyTimeoutMs } = this.#settings;
    try {
      const event = await this.#reader.next(() =>
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
    // A request that is still being sent is awaited after the body, not before.
    const body = this.#upload.isDone ? this.#reader.wholeBody() : undefined;
    if (body !== undefined) await this.#finish();
    return body;
  }

  /** Whether the server has agreed to another protocol, or opened a tunnel. */
  get isSwitched(): boolean {
    return this.#connection.http.peerState === "switched";
  }

  /** Gives the channel away once it is switched. */
  takeOver(): Channel {
    this.#state = "over";
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

  /** The response is complete: releases the connection. */
  async #finish(): Promise<void> {
    this.#state = "over";
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
    if (this.#state === "failed") return this.#failure;
    const failure = named(error, this.request.target.name);
    this.#fail(failure);
    return failure;
  }

  #fail(reason: unknown): void {
    if (this.#state !== "running") return;
    this.#state = "failed";
    this.#failure = reason;
    this.#reader.stop(reason);
    this.#forgetSignal();
    this.#upload.stop(reason);
    this.#connection.abort(reason);
    this.onFailure?.(reason);
  }

  #forgetSignal(): void {
    this.#settings.signal?.removeEventListener("abort", this.#onAbort);
  }
}
