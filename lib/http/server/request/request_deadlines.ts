/**
 * The deadlines of reading requests, looked at by the server's one clock.
 *
 * ```text
 * connection ─► header ─► (handler) ⇄ body ─► keep_alive ─► header ...
 *               30 s                  30 s    75 s
 * ```
 *
 * Only time spent waiting for the client counts: how long a handler takes is not
 * the client's doing.
 *
 * @module
 */

import { TimeoutError } from "../../../errors.ts";
import type { Clock, Watched } from "../../../time/clock.ts";
import type { HttpChannel } from "../../channel/http_channel.ts";
import type { HttpServerSettings } from "../http_server_options.ts";

// One more second for as many bytes: Apache's mod_reqtimeout, MinRate=500.
const BYTES_PER_SECOND = 500;

/** What is being waited for. */
type Phase = "header" | "keep_alive" | "body";

/** The option that sets each deadline. */
const OPTIONS: Readonly<Record<Phase, string>> = {
  header: "headerTimeoutMs",
  keep_alive: "keepAliveTimeoutMs",
  body: "bodyTimeoutMs",
};

/** The deadlines of one connection. */
export class RequestDeadlines implements Watched {
  // Among those of other connections.
  place = -1;
  readonly #settings: HttpServerSettings;
  readonly #clock: Clock | undefined;
  readonly #wire: HttpChannel;
  readonly #onPassed: (error: TimeoutError) => void;
  #phase: Phase | undefined;
  #sinceMs = 0;
  // Of the body that is being read.
  #spentMs = 0;
  #bodyBytes = 0;

  /**
   * Begins to wait for the first head.
   *
   * @param clock The server's clock; none if nothing has a deadline.
   * @param wire The connection; it keeps less memory while it waits for a request.
   * @param onPassed Called when a deadline has run out.
   */
  constructor(
    settings: HttpServerSettings,
    clock: Clock | undefined,
    wire: HttpChannel,
    onPassed: (error: TimeoutError) => void,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#wire = wire;
    this.#onPassed = onPassed;
    clock?.add(this);
    this.#begin("header");
  }

  /** A response was sent: another request may come. */
  awaitNext(): void {
    this.#begin("keep_alive");
  }

  /** A head has begun to arrive. */
  headBegun(): void {
    if (this.#phase !== "header") this.#begin("header");
  }

  /** The head is there: from now on nothing is waited for. */
  headRead(): void {
    this.#phase = undefined;
    this.#spentMs = 0;
  }

  /**
   * The body is being waited for.
   *
   * @param bytes How many bytes of it have come so far.
   */
  awaitBody(bytes: number): void {
    this.#bodyBytes = bytes;
    if (this.#phase !== "body") this.#begin("body");
  }

  /** Something of the body has come. */
  bodyArrived(): void {
    if (this.#clock !== undefined && this.#phase === "body") {
      this.#spentMs += this.#clock.nowMs - this.#sinceMs;
    }
    this.#phase = undefined;
  }

  /** Nothing is waited for any more. */
  stop(): void {
    this.#phase = undefined;
    this.#clock?.delete(this);
  }

  /** Looks whether a deadline has run out. */
  check(nowMs: number): void {
    const phase = this.#phase;
    if (phase === undefined) return;
    // A time that was noted may be a step old, and a deadline never ends early.
    const waitedMs = nowMs - this.#sinceMs - this.#clock!.stepMs;
    if (phase === "keep_alive" && waitedMs > 0) this.#wire.http.forgetHeads();
    const error = this.#passed(phase, waitedMs);
    if (error === undefined) return;
    this.#phase = undefined;
    this.#onPassed(error);
  }

  #passed(phase: Phase, waitedMs: number): TimeoutError | undefined {
    const { bodyTimeoutMs, headerTimeoutMs, keepAliveTimeoutMs } =
      this.#settings;
    switch (phase) {
      case "header":
        return waitedMs < headerTimeoutMs ? undefined : this.#error(
          "header",
          headerTimeoutMs,
          `its head did not arrive within ${headerTimeoutMs} ms`,
        );
      case "keep_alive":
        return waitedMs < keepAliveTimeoutMs ? undefined : this.#error(
          "keep_alive",
          keepAliveTimeoutMs,
          `none came within ${keepAliveTimeoutMs} ms`,
        );
      case "body": {
        const earnedMs = this.#bodyBytes / BYTES_PER_SECOND * 1000;
        if (this.#spentMs + waitedMs < bodyTimeoutMs + earnedMs) {
          return undefined;
        }
        return this.#error(
          "body",
          bodyTimeoutMs,
          `its body did not arrive within ${bodyTimeoutMs} ms and a second for every ${BYTES_PER_SECOND} bytes`,
        );
      }
    }
  }

  #begin(phase: Phase): void {
    this.#phase = phase;
    if (this.#clock !== undefined) this.#sinceMs = this.#clock.nowMs;
  }

  #error(deadline: Phase, timeoutMs: number, reason: string): TimeoutError {
    return new TimeoutError(deadline, timeoutMs, {
      action: "read a request from",
      address: String(this.#wire.channel.remoteAddress),
      reason,
      option: OPTIONS[deadline],
    });
  }
}
