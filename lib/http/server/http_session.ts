/**
 * The loop of one connection: a request, its answer, the next request.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { MessageConnection } from "../../session/messages/message_connection.ts";
import type { RequestHead } from "../wire/events.ts";
import { HttpConnection } from "../wire/http_connection.ts";
import { HttpError } from "../wire/http_error.ts";
import { statusOf } from "./response/error_response.ts";
import { type HandlingParts, RequestHandling } from "./request_handling.ts";
import type { HttpServing } from "./http_serving.ts";
import { RequestDeadlines } from "./request/request_deadlines.ts";
import { RequestIntake } from "./request/request_intake.ts";
import { ResponseWriter } from "./response/response_writer.ts";

// A request may lie in the system's buffer when the server shuts down; it is read
// within one turn of the event loop or two.
const LAST_LOOK_MS = 10;

/** Speaks HTTP with one client. */
export class HttpSession {
  readonly #parts: HandlingParts;
  #isBusy = false;
  #isOver = false;
  #requests = 0;
  #lastLook: ReturnType<typeof setTimeout> | undefined;

  /**
   * Begins; nothing is read until {@linkcode HttpSession.run}.
   *
   * @param connection The connection.
   * @param serving What it shares with the others.
   */
  constructor(
    connection: MessageConnection<Uint8Array>,
    serving: HttpServing,
  ) {
    const { clock, settings } = serving;
    const http = new HttpConnection("server", settings.read);
    const intake = new RequestIntake(connection, http);
    const deadlines = new RequestDeadlines(
      settings,
      clock,
      connection.remoteAddress,
      (error) => this.#late(error),
    );
    const writer = new ResponseWriter(connection, http, intake);
    this.#parts = { connection, serving, http, intake, writer, deadlines };
  }

  /**
   * Answers requests until there are no more.
   *
   * @throws {HttpError} If the client broke HTTP; it has been told.
   * @throws {TimeoutError} If it was too slow, likewise.
   * @throws {ConnectionError} If the link was lost while a request went on.
   * @throws {unknown} What a response's body failed with.
   */
  async run(): Promise<void> {
    const { deadlines, http, serving } = this.#parts;
    try {
      for (;;) {
        const head = await this.#nextHead();
        if (head === undefined) return;
        this.#isBusy = true;
        deadlines.headRead();
        serving.requests++;
        await new RequestHandling(this.#parts, head, ++this.#requests).run();
        this.#isBusy = false;
        // Also where the rest of a body is not worth waiting for.
        if (!http.keepAlive) return;
        deadlines.awaitNext();
      }
    } finally {
      this.#isOver = true;
      clearTimeout(this.#lastLook);
      deadlines.stop();
    }
  }

  /** Answers what has begun, and nothing after it. */
  drain(): void {
    if (this.#isOver) return;
    if (this.#isBusy || this.#parts.http.begun) this.#end();
    else this.#lastLook = setTimeout(() => this.#end(), LAST_LOOK_MS);
  }

  /** Waits for the head of a request; `undefined` if there will be none. */
  async #nextHead(): Promise<RequestHead | undefined> {
    const { deadlines, http, intake } = this.#parts;
    try {
      for (;;) {
        const event = intake.next();
        // It is the first event of a request, for the one before it is over.
        if (event !== undefined) return event as RequestHead;
        if (!http.needsBytes) return undefined;
        if (http.begun) deadlines.headBegun();
        await intake.fill();
      }
    } catch (error) {
      // A client that goes away, or says nothing, between two requests may.
      if (!(error instanceof HttpError) && !http.begun) return undefined;
      await this.#refuse(error);
      throw error;
    }
  }

  async #refuse(error: unknown): Promise<void> {
    if (!(error instanceof HttpError || error instanceof TimeoutError)) return;
    const { connection, serving, writer } = this.#parts;
    // It may be gone by now.
    await writer.refuse(error, statusOf(error)).catch(() => {});
    serving.onAnswered?.({
      type: "answered",
      connection,
      remoteAddress: connection.remoteAddress,
      method: undefined,
      target: undefined,
      version: undefined,
      status: writer.status,
      bodyBytes: writer.bodyBytes,
      durationMs: 0,
      error,
    });
    // In order, whatever the error is, so that the answer arrives.
    await connection.close().catch(() => {});
  }

  #end(): void {
    this.#parts.http.closeAfterThis();
    this.#parts.intake.wake();
  }

  #late(error: TimeoutError): void {
    const { http, intake } = this.#parts;
    // A body that does not come makes the connection useless, an idle one ends.
    if (error.deadline !== "header") http.closeAfterThis();
    if (error.deadline === "keep_alive") intake.wake();
    else intake.fail(error);
  }
}
