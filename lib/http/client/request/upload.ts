/**
 * Sends a request while its response is awaited.
 *
 * ```text
 *   sending ── all of it was written ──► done
 *      └────── stop(), failure ────────► stopped
 * ```
 *
 * @module
 */

import { ConnectionError } from "../../../errors.ts";
import { END } from "../../wire/events.ts";
import type { HttpClientConnection } from "../connection/client_connection.ts";
import type { BodySource } from "./outgoing_body.ts";
import type { OutgoingRequest } from "./outgoing_request.ts";

// A server may not know of Expect (RFC 9110 section 10.1.1); curl waits as
// long.
const CONSENT_MS = 1_000;
// The response is complete and the last write is not: it mostly completes
// within a turn. As in Go's client.
const UPLOAD_GRACE_MS = 50;

/** A request on its way. */
export class Upload {
  readonly #connection: HttpClientConnection;
  readonly #request: OutgoingRequest;
  readonly #consent = Promise.withResolvers<boolean>();
  #source: BodySource | undefined;
  #state: "sending" | "done" | "stopped" = "sending";
  #running: Promise<void> | undefined;

  /** Prepares to send. */
  constructor(
    connection: HttpClientConnection,
    request: OutgoingRequest,
  ) {
    this.#connection = connection;
    this.#request = request;
  }

  /** Whether all of it was sent. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  get #isStopped(): boolean {
    return this.#state === "stopped";
  }

  /**
   * Sends the request.
   *
   * @returns Resolves when it is sent or stopped, or the link is lost: a server
   * that has closed may have answered before, and the answer counts.
   * @throws {unknown} The error of the user's stream.
   * @throws {RangeError} If it does not have the announced length.
   */
  run(): Promise<void> {
    this.#running = this.#send().catch((error) => {
      this.stop(error);
      if (!(error instanceof ConnectionError)) throw error;
    });
    return this.#running;
  }

  /** Waits until it is sent, stopped or failed, but only for a while. */
  async ended(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { time } = this.#connection.channel.settings;
    const timer = time.setTimer(resolve, UPLOAD_GRACE_MS);
    await Promise.race([this.#running?.catch(() => {}), promise]);
    time.clearTimer(timer);
  }

  /** The server has agreed to take the body. */
  agree(): void {
    this.#consent.resolve(true);
  }

  /** The server has answered: a wait for consent ends without it. */
  answered(): void {
    this.#consent.resolve(false);
  }

  /**
   * Sends no more.
   *
   * @param reason The reason that the user's stream is cancelled with.
   */
  stop(reason: unknown): void {
    if (this.#state !== "sending") return;
    this.#state = "stopped";
    this.#consent.resolve(false);
    if (this.#source !== undefined) this.#source.cancel(reason);
    else this.#request.body?.discard(reason);
  }

  async #send(): Promise<void> {
    const { body, expectsContinue, head } = this.#request;
    // Head, a small body and the end leave in one write.
    let room = this.#connection.send(head);
    if (expectsContinue && !(await this.#consented())) return;
    if (this.#isStopped) return;
    this.#source = body?.open();
    for (let isFirst = true;; isFirst = false) {
      const next = this.#source?.read();
      const piece = next instanceof Promise
        ? await this.#connection.idleTimer.suspended(next)
        : next;
      if (!isFirst) await room;
      this.#connection.idleTimer.progress();
      if (this.#isStopped) return;
      if (piece === undefined) break;
      room = this.#connection.send(
        { type: "data", bytes: piece },
      );
    }
    await this.#connection.send(END);
    this.#state = "done";
  }

  async #consented(): Promise<boolean> {
    const { time } = this.#connection.channel.settings;
    const timer = time.setTimer(() => this.agree(), CONSENT_MS);
    try {
      return await this.#consent.promise;
    } finally {
      time.clearTimer(timer);
    }
  }
}
