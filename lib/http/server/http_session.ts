/**
 * The loop of one connection: a request, its answer, the next request.
 *
 * @module
 */

import { INSPECT, type Inspect } from "../../inspect.ts";
import { TimeoutError } from "../../errors.ts";
import type { Channel } from "../../session/channel/channel.ts";
import type { ConnectionStats } from "../../session/messages/receive_options.ts";
import type { Conversable } from "../../session/serving/conversation.ts";
import type { Timer } from "../../time/time.ts";
import type { Address } from "../../transport/address.ts";
import { HttpChannel } from "../channel/http_channel.ts";
import type { RequestHead } from "../wire/events.ts";
import { HttpError } from "../wire/http_error.ts";
import type { HttpServerConnection } from "./http_server.ts";
import type { HttpServing } from "./http_serving.ts";
import { RequestDeadlines } from "./request/request_deadlines.ts";
import { type HandlingParts, RequestHandling } from "./request_handling.ts";
import { statusOf } from "./response/error_response.ts";
import { ResponseWriter } from "./response/response_writer.ts";

// A request may lie in the system's buffer when the server shuts down; it is
// read within one turn of the event loop or two.
const LAST_LOOK_MS = 10;

/**
 * Speaks HTTP with one client.
 *
 * ```text
 *   waiting ── head ──► busy ── answered ──► waiting, or over
 *      └── no further request, or none wanted ──────► over
 * ```
 */
export class HttpSession implements HttpServerConnection, Conversable {
  readonly channel: Channel;
  // What its server notes.
  place = -1;
  isHandled = false;
  readonly #parts: HandlingParts;
  #state: "waiting" | "busy" | "over" = "waiting";
  #requests = 0;
  #lastLook: Timer;

  /** Begins; nothing is read until {@linkcode HttpSession.run}. */
  constructor(channel: Channel, serving: HttpServing) {
    const { clock, settings } = serving;
    this.channel = channel;
    const wire = new HttpChannel(channel, "server", settings.read);
    const deadlines = new RequestDeadlines(
      settings,
      clock,
      wire,
      (error) => this.#late(error),
    );
    const writer = new ResponseWriter(wire);
    this.#parts = { session: this, serving, wire, writer, deadlines };
  }

  get localAddress(): Address {
    return this.channel.connection.localAddress;
  }

  get remoteAddress(): Address {
    return this.channel.remoteAddress;
  }

  get requests(): number {
    return this.#requests;
  }

  get signal(): AbortSignal {
    return this.channel.signal;
  }

  get stats(): ConnectionStats {
    const { bytesIn, bytesOut } = this.channel.traffic;
    return {
      badFrames: 0,
      bytesIn,
      bytesOut,
      bytesWaiting: this.channel.bytesWaiting,
      messagesIn: this.#requests,
      messagesOut: this.#parts.writer.responses,
    };
  }

  /** What `console.log` shows. */
  [INSPECT](_depth: number, options: unknown, inspect: Inspect): string {
    const seen = {
      localAddress: String(this.localAddress),
      remoteAddress: String(this.remoteAddress),
      stats: this.stats,
    };
    return `HttpServerConnection ${inspect(seen, options)}`;
  }

  toString(): string {
    return `HttpServerConnection with ${this.remoteAddress}`;
  }

  abort(reason?: unknown): void {
    this.channel.abort(reason);
  }

  /**
   * Answers requests until there are no more.
   *
   * @throws {HttpError} If the client broke HTTP, after an answer that says so.
   * @throws {TimeoutError} If it was too slow, likewise.
   * @throws {ConnectionError} If the link was lost while a request went on.
   * @throws {unknown} The error of a response's body.
   */
  async run(): Promise<void> {
    const { deadlines, serving, wire } = this.#parts;
    try {
      for (;;) {
        let head = this.#headAtHand();
        if (head === undefined && this.#isQuiet) {
          await wire.fill();
          head = this.#headAtHand();
        }
        head ??= await this.#nextHead();
        if (head === undefined) return;
        this.#state = "busy";
        deadlines.headRead();
        serving.requests++;
        const ordinal = ++this.#requests;
        const answered = new RequestHandling(this.#parts, head, ordinal).run();
        if (answered !== undefined) await answered;
        this.#state = "waiting";
        // Also if reading the rest of a body would take too long.
        if (!wire.http.keepAlive) return;
        deadlines.awaitNext();
      }
    } finally {
      this.#state = "over";
      this.channel.settings.time.clearTimer(this.#lastLook);
      deadlines.stop();
    }
  }

  /** Answers requests that have begun, and no others. */
  drain(): void {
    if (this.#state === "over") return;
    if (this.#state === "busy" || this.#parts.wire.http.begun) this.#end();
    else {
      const { time } = this.channel.settings;
      this.#lastLook = time.setTimer(() => this.#end(), LAST_LOOK_MS);
    }
  }

  /** Whether nothing of the next request is here, and it may come. */
  get #isQuiet(): boolean {
    const { http } = this.#parts.wire;
    return http.needsBytes && !http.begun;
  }

  /**
   * The head of a request that is here already, without waiting for a promise.
   */
  #headAtHand(): RequestHead | undefined {
    try {
      return this.#parts.wire.next() as RequestHead | undefined;
    } catch {
      // It is thrown again where it can be answered.
      return undefined;
    }
  }

  /** Waits for the head of a request; `undefined` if no request follows. */
  async #nextHead(): Promise<RequestHead | undefined> {
    const { deadlines, wire } = this.#parts;
    const { http } = wire;
    try {
      for (;;) {
        const event = wire.next();
        // It is the first event of a request, for the one before it is over.
        if (event !== undefined) return event as RequestHead;
        if (!http.needsBytes) return undefined;
        if (http.begun) deadlines.headBegun();
        await wire.fill();
      }
    } catch (error) {
      // A client may go away, or say nothing, between two requests.
      if (!(error instanceof HttpError) && !http.begun) return undefined;
      await this.#refuse(error);
      throw error;
    }
  }

  async #refuse(error: unknown): Promise<void> {
    if (!(error instanceof HttpError || error instanceof TimeoutError)) return;
    const { serving, writer } = this.#parts;
    // The client may be gone by now.
    await writer.refuse(error, statusOf(error)).catch(() => {});
    serving.onAnswered?.({
      type: "answered",
      connection: this,
      remoteAddress: this.remoteAddress,
      method: undefined,
      target: undefined,
      version: undefined,
      status: writer.status,
      bodyBytes: writer.bodyBytes,
      durationMs: 0,
      error,
    });
    // In order, whatever the error is, so that the answer arrives.
    await this.channel.close().catch(() => {});
  }

  #end(): void {
    const { http } = this.#parts.wire;
    // Another protocol ends by its own rules, once no more can be read.
    if (http.ownState === "switched") return this.channel.drain();
    http.closeAfterThis();
    this.#parts.wire.wake();
  }

  #late(error: TimeoutError): void {
    const { wire } = this.#parts;
    // A body that does not come makes the connection useless, an idle one ends.
    if (error.deadline !== "header") wire.http.closeAfterThis();
    if (error.deadline === "keep_alive") wire.wake();
    else wire.fail(error);
  }
}
