/**
 * The server's log of its connections.
 *
 * @module
 */

import type { ConnectionStats, ServerEvent } from "../../mod.ts";
import {
  type Address,
  ClosedError,
  ConnectionError,
  ProtocolError,
  TimeoutError,
} from "../../lib/start.ts";
import { formatDuration } from "../arguments/durations.ts";
import { isWebSocket } from "../arguments/kinds.ts";
import { bareReason, errorText } from "../output/error_text.ts";
import type { Log } from "../output/log.ts";
import { amount } from "../arguments/sizes.ts";

// The most lines for one connection; the line of its end has the count.
const BAD_FRAMES_TOLD = 5;

/** The part of a connection that is logged, whatever its protocol. */
interface Peer {
  readonly remoteAddress: Address;
}

/** Turns the events of a server into lines of its log. */
export class ServerLog {
  readonly #log: Log;
  // Connections are numbered so that their lines can be found together.
  readonly #numbers = new Map<unknown, number>();
  readonly #badFrames = new WeakMap<object, number>();
  readonly #worker: number | undefined;
  #count = 0;

  /**
   * Creates it.
   *
   * @param worker Number of the worker, if there are several.
   */
  constructor(log: Log, worker?: number) {
    this.#log = log;
    this.#worker = worker;
  }

  /** Logs an event. */
  event<T>(event: ServerEvent<T, Peer>): void {
    switch (event.type) {
      case "opened":
        return this.#opened(event);
      case "closed":
        return this.#closed(event);
      case "refused":
        return this.#refused(event);
      case "handshake_failed":
        return this.#disagreed(event);
      case "bad_frame":
        return this.#badFrame(event);
      case "unsent":
        return this.#unsent(event);
      case "paused":
        return this.#paused(event);
      case "resumed":
        return this.#log.now(
          { event: "resumed", address: String(event.address) },
          `accepting again on ${event.address}`,
        );
    }
  }

  #opened<T>({ connection }: ServerEvent<T, Peer> & { type: "opened" }): void {
    const number = ++this.#count;
    this.#numbers.set(connection, number);
    if (this.#log.options.quiet) return;
    const peer = String(connection.remoteAddress);
    this.#log.soon(
      { event: "opened", ...this.#named(number), peer },
      `${this.#mark(number)} opened by ${peer}`,
    );
  }

  #closed<T>(event: ServerEvent<T, Peer> & { type: "closed" }): void {
    const { connection, durationMs, error, stats } = event;
    const number = this.numberOf(connection);
    this.#numbers.delete(connection);
    const [why, text] = this.reason(connection, error);
    if (this.#log.options.quiet) return this.#fault(connection, why, text);
    const [traffic, trafficText] = this.traffic(connection, stats);
    const peer = String(connection.remoteAddress);
    this.#log.soon(
      {
        event: "closed",
        ...this.#named(number),
        peer,
        ...traffic,
        durationMs: Math.round(durationMs * 10) / 10,
        why,
        ...(error === undefined ? {} : { error: text }),
      },
      `${this.#mark(number)} closed after ${
        formatDuration(durationMs)
      }: ${trafficText}; ${text}`,
    );
  }

  /**
   * Describes the traffic of a closed connection.
   *
   * @returns The fields for programs, and the text for people.
   */
  protected traffic(
    _connection: unknown,
    { badFrames, bytesIn, bytesOut, messagesIn, messagesOut }: ConnectionStats,
  ): readonly [fields: object, text: string] {
    const received = amount(messagesIn, "message", bytesIn);
    const skipped = badFrames === 0 ? "" : `, ${badFrames} bad skipped`;
    return [
      {
        messagesIn,
        bytesIn,
        messagesOut,
        bytesOut,
        ...(badFrames === 0 ? {} : { badFrames }),
      },
      `in ${received}, out ${
        amount(messagesOut, "message", bytesOut)
      }${skipped}`,
    ];
  }

  /**
   * Tells why a connection ended.
   *
   * @param error Its error; `undefined` if it ended in order.
   * @returns A word for programs, and a text for people.
   */
  protected reason(
    _connection: unknown,
    error: unknown,
  ): readonly [why: string, text: string] {
    return causeOf(error);
  }

  /** Whether an end for this reason is logged with --quiet too. */
  protected tellsQuietly(why: string): boolean {
    return why === "framing";
  }

  /** The number of an open connection, from 1. */
  protected numberOf(connection: unknown): number {
    return this.#numbers.get(connection)!;
  }

  /**
   * Names an open connection.
   *
   * @returns Its number, for programs and for people.
   */
  protected nameOf(
    connection: unknown,
  ): readonly [fields: object, text: string] {
    const number = this.numberOf(connection);
    return [this.#named(number), this.#mark(number)];
  }

  #named(connection: number): { connection: number; worker?: number } {
    const worker = this.#worker;
    return worker === undefined ? { connection } : { worker, connection };
  }

  #mark(number: number): string {
    return this.#worker === undefined
      ? `#${number}`
      : `#${this.#worker}.${number}`;
  }

  #refused<T>(event: ServerEvent<T, Peer> & { type: "refused" }): void {
    const peer = String(event.remoteAddress);
    const reason = errorText(event.error);
    this.#log.soon(
      { event: "refused", peer, reason },
      `refused ${peer}: ${reason}`,
    );
  }

  #disagreed<T>(
    { error, remoteAddress }: ServerEvent<T, Peer> & {
      type: "handshake_failed";
    },
  ): void {
    const peer = String(remoteAddress);
    const [fields, text] = this.disagreement(error);
    this.#log.soon(
      { event: "handshake_failed", peer, ...fields },
      `${
        isWebSocket(remoteAddress) ? "no WebSocket" : "no TLS"
      } with ${peer}: ${text}`,
    );
  }

  /**
   * Describes why there was no connection.
   *
   * @returns The fields for programs, and the text for people.
   */
  protected disagreement(
    error: unknown,
  ): readonly [fields: object, text: string] {
    return [{ reason: errorText(error) }, bareReason(error)];
  }

  #badFrame<T>(
    { connection, error }: ServerEvent<T, Peer> & { type: "bad_frame" },
  ): void {
    // A peer can send a million of them: the rest is counted when it closes.
    const number = (this.#badFrames.get(connection) ?? 0) + 1;
    this.#badFrames.set(connection, number);
    if (number > BAD_FRAMES_TOLD) return;
    const peer = String(connection.remoteAddress);
    const reason = bareReason(error);
    const event = { event: "bad_frame", peer, number, reason };
    this.#log.now(event, `skipped a frame of ${peer}: ${reason}`);
  }

  #unsent<T>(
    { connection, error }: ServerEvent<T, Peer> & { type: "unsent" },
  ): void {
    const peer = String(connection.remoteAddress);
    const reason = bareReason(error);
    this.#log.now(
      { event: "unsent", peer, reason },
      `not sent to ${peer}: ${reason}`,
    );
  }

  #paused<T>(
    { address, error }: ServerEvent<T, Peer> & { type: "paused" },
  ): void {
    const reason = errorText(error);
    this.#log.now(
      { event: "paused", address: String(address), reason },
      `accepting pauses: ${reason}`,
    );
  }

  /** Logs a fault of the server or of the peer, even with --quiet. */
  #fault(
    { remoteAddress }: { readonly remoteAddress: Address },
    why: string,
    text: string,
  ): void {
    if (why === "fault") this.#log.now({ event: "fault", error: text }, text);
    if (!this.tellsQuietly(why)) return;
    const peer = String(remoteAddress);
    const event = { event: why, peer, error: text };
    this.#log.now(event, `closed ${peer}: ${text}`);
  }
}

/**
 * The reason why a connection ended: a word for programs, a text for people.
 */
function causeOf(error: unknown): readonly [string, string] {
  if (error === undefined) return ["finished", "finished"];
  const text = errorText(error);
  if (error instanceof ProtocolError) return ["framing", text];
  if (error instanceof TimeoutError) return [`${error.deadline} timeout`, text];
  // Neither side is to blame.
  if (error instanceof ConnectionError && error.option === "faults") {
    return ["struck", bareReason(error)];
  }
  if (error instanceof ConnectionError) return ["lost", text];
  if (error instanceof ClosedError) return ["cut", text];
  // The framing may be unable to express the answer.
  if (error instanceof RangeError) return ["answer", text];
  return ["fault", `the service failed: ${text}`];
}
