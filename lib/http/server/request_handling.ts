/**
 * One request and its answer.
 *
 * @module
 */

import { channelOf } from "../../session/messages/framed_connection.ts";
import type { MessageConnection } from "../../session/messages/message_connection.ts";
import type { RequestHead } from "../wire/events.ts";
import type { HttpConnection } from "../wire/http_connection.ts";
import { statusOf } from "./response/error_response.ts";
import type { HttpServing } from "./http_serving.ts";
import { incomingRequest } from "./request/incoming_request.ts";
import { RequestBody } from "./request/request_body.ts";
import { RequestInfo } from "./request/request_info.ts";
import { RequestSignal } from "./request/request_signal.ts";
import type { RequestDeadlines } from "./request/request_deadlines.ts";
import type { RequestIntake } from "./request/request_intake.ts";
import { checkResponse } from "./response/response_head.ts";
import type { Asked, ResponseWriter } from "./response/response_writer.ts";

// What is left of a body that nobody wants is read up to here, as in Go: it is
// cheaper than a new connection. More costs the connection.
const MOST_UNREAD_BYTES = 256 * 1024;

/** What requests of a connection are handled with. */
export interface HandlingParts {
  /** The connection. */
  readonly connection: MessageConnection<Uint8Array>;
  /** What it shares with the others. */
  readonly serving: HttpServing;
  /** The machine. */
  readonly http: HttpConnection;
  /** Where requests come from. */
  readonly intake: RequestIntake;
  /** Where responses go. */
  readonly writer: ResponseWriter;
  /** The deadlines. */
  readonly deadlines: RequestDeadlines;
}

/** Handles one request, from its head to the end of its response. */
export class RequestHandling implements Asked {
  readonly #parts: HandlingParts;
  readonly #head: RequestHead;
  readonly #ordinal: number;
  readonly #body: RequestBody | undefined;
  readonly #ended: RequestSignal;
  readonly #begunMs: number;
  // Whether the handler was asked: what fails before is the client's doing.
  #isAsked = false;
  #isAnswered = false;

  /**
   * Begins.
   *
   * @param parts What it is made with.
   * @param head The request's head.
   * @param ordinal Which request of the connection it is, from 1.
   */
  constructor(parts: HandlingParts, head: RequestHead, ordinal: number) {
    this.#parts = parts;
    this.#head = head;
    this.#ordinal = ordinal;
    this.#body = bodyOf(parts);
    this.#ended = new RequestSignal(parts.connection);
    this.#begunMs = parts.serving.onAnswered === undefined
      ? 0
      : performance.now();
  }

  /** The request's method. */
  get method(): string {
    return this.#head.method;
  }

  /**
   * Answers the request.
   *
   * @returns When the next one can be read, if the machine has not closed.
   * @throws {HttpError} If the client broke HTTP; it has been told.
   * @throws {TimeoutError} If it was too slow, likewise.
   * @throws {ConnectionError} If the link was lost.
   * @throws {unknown} What the response's body failed with, in its midst.
   */
  async run(): Promise<void> {
    let failure: unknown;
    try {
      const given = this.#ask();
      const response = given instanceof Response ? given : await given;
      await this.#parts.writer.write(checkResponse(response), this);
    } catch (error) {
      failure = await this.#fail(error);
    }
    this.#ended.end();
    this.#tell(failure);
    // A 500 is an answer too, and ends the connection in order.
    if (failure !== undefined && !this.#isAnswered) throw failure;
    if (this.#body !== undefined) await this.#finish(this.#body);
  }

  /** Says with the head whether this is the last answer. */
  beforeHead(): void {
    // A body that nobody has begun to read is one that nobody is going to read.
    if (this.#body === undefined || this.#body.isWanted) return;
    if (declaredBytes(this.#head) > MOST_UNREAD_BYTES) {
      this.#parts.http.closeAfterThis();
    }
  }

  #ask(): Response | Promise<Response> {
    const { connection, http, intake, serving } = this.#parts;
    const request = incomingRequest(
      this.#head,
      this.#body,
      connection.localAddress,
      this.#ended,
    );
    this.#isAsked = true;
    const info = new RequestInfo(
      connection,
      this.#head,
      http.headText,
      this.#ordinal,
    );
    const response = serving.handler(request, info);
    // Whoever takes his time is to learn when nobody waits any more.
    if (!(response instanceof Response)) intake.watch();
    return response;
  }

  /** Tells the client, if it can be told, and gives what is to blame. */
  async #fail(error: unknown): Promise<unknown> {
    const { connection, http, writer } = this.#parts;
    const ofBody = this.#body?.failure;
    // A handler that fails because the body did is not to blame.
    const cause = ofBody ?? error ?? new Error("The handler threw nothing");
    if (http.ownState === "idle" && !connection.signal.aborted) {
      const isClients = ofBody !== undefined || !this.#isAsked;
      const status = isClients ? statusOf(cause) : 500;
      this.#isAnswered = status === 500;
      await writer.refuse(cause, status).catch(() => {});
    } else {
      // What was sent is written; then the end must not look like one.
      await channelOf(connection).flushed().catch(() => {});
      connection.abort(cause);
    }
    return cause;
  }

  #tell(failure: unknown): void {
    const { connection, serving, writer } = this.#parts;
    if (serving.onAnswered === undefined) {
      if (this.#isAnswered) report(failure);
      return;
    }
    const { method, target, version } = this.#head;
    serving.onAnswered({
      type: "answered",
      connection,
      remoteAddress: connection.remoteAddress,
      method,
      target,
      version,
      status: writer.status,
      bodyBytes: writer.bodyBytes,
      durationMs: performance.now() - this.#begunMs,
      ...(failure === undefined ? {} : { error: failure }),
    });
  }

  async #finish(body: RequestBody): Promise<void> {
    const { http } = this.#parts;
    body.takeBack();
    if (!http.keepAlive || http.peerState !== "body") return;
    if (!await body.discard(MOST_UNREAD_BYTES)) http.closeAfterThis();
  }
}

/** The request's body, if it has one. */
function bodyOf(parts: HandlingParts): RequestBody | undefined {
  const { http, intake, writer } = parts;
  const begin = http.offset;
  try {
    const event = intake.next();
    if (event?.type === "end") return undefined;
    if (event !== undefined) intake.unread(event);
  } catch {
    // Whoever reads the body is thrown it.
  }
  return new RequestBody({
    ...parts,
    sendContinue: () => writer.sendContinue(),
  }, begin);
}

/** How long the body is, as far as the head says. */
function declaredBytes({ headers }: RequestHead): number {
  const field = headers.find(([name]) => /^content-length$/i.test(name));
  return field === undefined ? 0 : Number(field[1]);
}

/** As Deno.serve does: a failure that nobody sees is worse than a line. */
function report(failure: unknown): void {
  // deno-lint-ignore no-console
  console.error("A handler of HTTP requests failed:", failure);
}
