/**
 * Sends a request while its response is awaited.
 *
 * @module
 */

import { ConnectionError } from "../../../errors.ts";
import type { MessageEnd } from "../../wire/events.ts";
import type {
  HttpClientConnection,
  OnBytes,
} from "../connection/client_connection.ts";
import type { BodySource } from "./outgoing_body.ts";
import type { OutgoingRequest } from "./outgoing_request.ts";

const END: MessageEnd = { type: "end", trailers: [] };
// A server may not know of Expect (RFC 9110 section 10.1.1); curl waits as
// long.
const CONSENT_MS = 1_000;

/** A request on its way. */
export class Upload {
  /** Whether all of it was sent. */
  isDone = false;
  readonly #connection: HttpClientConnection;
  readonly #request: OutgoingRequest;
  readonly #onBytes: OnBytes | undefined;
  readonly #consent = Promise.withResolvers<boolean>();
  #source: BodySource | undefined;
  #isStopped = false;

  /**
   * Prepares to send.
   *
   * @param onBytes Observes the bytes.
   */
  constructor(
    connection: HttpClientConnection,
    request: OutgoingRequest,
    onBytes: OnBytes | undefined,
  ) {
    this.#connection = connection;
    this.#request = request;
    this.#onBytes = onBytes;
  }

  /**
   * Sends the request.
   *
   * @returns Resolves when it is sent or stopped, or the link is lost: a server
   * that has closed may have answered before, and the answer counts.
   * @throws {unknown} The error of the user's stream.
   * @throws {RangeError} If it does not have the announced length.
   */
  async run(): Promise<void> {
    try {
      await this.#send();
    } catch (error) {
      this.stop(error);
      if (!(error instanceof ConnectionError)) throw error;
    }
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
    if (this.#isStopped || this.isDone) return;
    this.#isStopped = true;
    this.#consent.resolve(false);
    if (this.#source !== undefined) this.#source.cancel(reason);
    else this.#request.body?.discard(reason);
  }

  async #send(): Promise<void> {
    const { body, expectsContinue, head } = this.#request;
    // Head, a small body and the end leave in one write.
    let room = this.#connection.send(head, this.#onBytes);
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
        this.#onBytes,
      );
    }
    await this.#connection.send(END, this.#onBytes);
    this.isDone = true;
  }

  async #consented(): Promise<boolean> {
    const timer = setTimeout(() => this.agree(), CONSENT_MS);
    try {
      return await this.#consent.promise;
    } finally {
      clearTimeout(timer);
    }
  }
}
