/**
 * One request and its answer.
 *
 * @module
 */

import type { HttpChannel, MaybeLater } from "../channel/http_channel.ts";
import type { RequestHead } from "../wire/events.ts";
import { statusOf } from "./response/error_response.ts";
import type { HttpServing } from "./http_serving.ts";
import type { HttpSession } from "./http_session.ts";
import {
  ConnectInfo,
  type HttpConnectHandler,
} from "./request/connect_info.ts";
import { incomingRequest } from "./request/incoming_request.ts";
import { RequestBody } from "./request/request_body.ts";
import { TakenConnection } from "../channel/taken_connection.ts";
import {
  SwitchingResponse,
  type TakeConnection,
} from "./response/switching_response.ts";
import { RequestInfo } from "./request/request_info.ts";
import { RequestSignal } from "./request/request_signal.ts";
import type { RequestDeadlines } from "./request/request_deadlines.ts";
import type { Asked } from "./response/outgoing_response.ts";
import type { ResponseWriter } from "./response/response_writer.ts";

/** What takes the connection over, if the answer was 101. */
type Taken = TakeConnection | void;

// The rest of a body that the handler did not read is read up to here, as in Go: it is
// cheaper than a new connection. More costs the connection.
const MOST_UNREAD_BYTES = 256 * 1024;

/** What requests of a connection are handled with. */
export interface HandlingParts {
  /** The connection. */
  readonly session: HttpSession;
  /** What it shares with the others. */
  readonly serving: HttpServing;
  /** The machine on the channel. */
  readonly wire: HttpChannel;
  /** Where responses go. */
  readonly writer: ResponseWriter;
  /** The deadlines. */
  readonly deadlines: RequestDeadlines;
}

/**
 * Handles one request, from its head to the end of its response.
 *
 * ```text
 *   reading ── handler called ──► asked ── 500 sent ──► answered
 * ```
 */
export class RequestHandling implements Asked {
  readonly #parts: HandlingParts;
  readonly #head: RequestHead;
  readonly #ordinal: number;
  readonly #body: RequestBody | undefined;
  readonly #ended: RequestSignal;
  readonly #begunMs: number;
  // What fails before the handler is asked is the client's fault, and a handler
  // that fails is answered with 500.
  #state: "reading" | "asked" | "answered" = "reading";

  /**
   * Begins.
   *
   * @param parts What it is made with.
   * @param ordinal Which request of the connection it is, from 1.
   */
  constructor(parts: HandlingParts, head: RequestHead, ordinal: number) {
    this.#parts = parts;
    this.#head = head;
    this.#ordinal = ordinal;
    this.#body = bodyOf(parts);
    this.#ended = new RequestSignal(parts.wire.channel);
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
   * @returns When the next one can be read, if the machine has not closed;
   * `undefined` for at once, which saves most handlers three turns of promises.
   * @throws {HttpError} If the client broke HTTP, after an answer that says so.
   * @throws {TimeoutError} If it was too slow, likewise.
   * @throws {ConnectionError} If the link was lost.
   * @throws {unknown} What the response's body failed with in the middle, or the
   * taker of another protocol.
   */
  run(): MaybeLater {
    try {
      const given = this.#ask();
      const isLater = !(given instanceof Response) ||
        given instanceof SwitchingResponse;
      const answered = isLater ? this.#answer(given) : this.#write(given);
      if (answered !== undefined) return this.#end(answered);
    } catch (error) {
      return this.#end(Promise.reject(error));
    }
    this.#ended.end();
    this.#tell(undefined);
    return this.#body === undefined ? undefined : this.#finish(this.#body);
  }

  async #answer(given: Response | Promise<Response>): Promise<Taken> {
    const response = await given;
    if (!(response instanceof SwitchingResponse)) {
      await this.#write(response);
      return undefined;
    }
    // The request has to be over before the switch.
    if (this.#body !== undefined) await this.#finish(this.#body);
    await this.#parts.writer.switch(response, this);
    return response.take;
  }

  #write(response: Response): MaybeLater {
    return this.#parts.writer.write(response, this);
  }

  async #end(answered: Promise<Taken>): Promise<void> {
    let failure: unknown;
    let take: Taken = undefined;
    try {
      take = await answered as Taken;
    } catch (error) {
      failure = await this.#fail(error);
    }
    this.#ended.end();
    this.#tell(failure);
    // A 500 is an answer too, and ends the connection in order.
    if (failure !== undefined && this.#state !== "answered") throw failure;
    if (take !== undefined) await take(this.#connection());
    else if (this.#body !== undefined) await this.#finish(this.#body);
  }

  /** Says with the head whether this is the last answer. */
  beforeHead(): void {
    // A handler that has not begun to read the body will not read it any more.
    if (this.#body === undefined || this.#body.isWanted) return;
    const { http } = this.#parts.wire;
    // Of a chunked body nothing is known: it is read until it is too much.
    if ((http.bodyBytes ?? 0) > MOST_UNREAD_BYTES) http.closeAfterThis();
  }

  #ask(): Response | Promise<Response> {
    const { serving, session, wire } = this.#parts;
    const { onConnect } = serving;
    if (onConnect !== undefined && this.#head.method === "CONNECT") {
      return this.#askForTunnel(onConnect);
    }
    const request = incomingRequest(
      this.#head,
      this.#body,
      session.localAddress,
      this.#ended,
    );
    this.#state = "asked";
    const info = new RequestInfo(session, this.#head, wire.http, this.#ordinal);
    const response = serving.handler(request, info);
    // A handler that takes its time learns when the client goes away.
    if (!(response instanceof Response)) wire.watch();
    return response;
  }

  #askForTunnel(handler: HttpConnectHandler): Response | Promise<Response> {
    const { session, wire } = this.#parts;
    this.#state = "asked";
    const ordinal = this.#ordinal;
    const response = handler(
      new ConnectInfo(session, this.#head, wire.http, ordinal, this.#ended),
    );
    if (!(response instanceof Response)) wire.watch();
    return response;
  }

  /** What is left of the connection once it speaks another protocol. */
  #connection(): TakenConnection {
    const { deadlines, session } = this.#parts;
    deadlines.stop();
    return new TakenConnection(session.channel);
  }

  /** Answers with the failure, if possible, and returns the error that caused it. */
  async #fail(error: unknown): Promise<unknown> {
    const { wire: { channel, http }, writer } = this.#parts;
    const ofBody = this.#body?.failure;
    // A handler that fails because the body did is not to blame.
    const cause = ofBody ?? error ?? new Error("The handler threw nothing");
    if (http.ownState === "idle" && !channel.signal.aborted) {
      const isClients = ofBody !== undefined || this.#state === "reading";
      const status = isClients ? statusOf(cause) : 500;
      if (status === 500) this.#state = "answered";
      await writer.refuse(cause, status).catch(() => {});
    } else {
      // What was sent is written; then the end must not look like one.
      await channel.flushed().catch(() => {});
      channel.abort(cause);
    }
    return cause;
  }

  #tell(failure: unknown): void {
    const { serving, session, writer } = this.#parts;
    if (serving.onAnswered === undefined) {
      if (this.#state === "answered") report(failure);
      return;
    }
    const { method, target, version } = this.#head;
    serving.onAnswered({
      type: "answered",
      connection: session,
      remoteAddress: session.remoteAddress,
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
    const { http } = this.#parts.wire;
    body.takeBack();
    if (!http.keepAlive || http.peerState !== "body") return;
    if (!await body.discard(MOST_UNREAD_BYTES)) http.closeAfterThis();
  }
}

/** The request's body, if it has one. */
function bodyOf(parts: HandlingParts): RequestBody | undefined {
  const { wire, writer } = parts;
  if (wire.http.bodyBytes !== 0) {
    return new RequestBody({
      ...parts,
      sendContinue: () => writer.sendContinue(),
    });
  }
  // Its end, which is here already.
  wire.next();
  return undefined;
}

/** As Deno.serve does: a failure that passes in silence is worse than a line. */
function report(failure: unknown): void {
  // deno-lint-ignore no-console
  console.error("A handler of HTTP requests failed:", failure);
}
