/**
 * The machine of HTTP on a channel: it reads from the channel's queue and
 * writes into the channel's sink.
 *
 * ```text
 *   channel.queue ─► HttpConnection ─► next()
 *   channel.sink  ◄─ HttpConnection ◄─ send()
 * ```
 *
 * To read on, take events until there is none, then wait for bytes. Several
 * callers may wait at once, for the same read.
 *
 * @module
 */

import type { Channel } from "../../session/channel/channel.ts";
import type { HttpEvent } from "../wire/events.ts";
import { HttpConnection, type HttpRole } from "../wire/http_connection.ts";
import type { HttpResponseReadOptions } from "../wire/http_limits.ts";

const DONE: Promise<void> = Promise.resolve();

/** Done at once, or when the promise resolves. */
export type MaybeLater = Promise<void> | undefined;

/** HTTP on one connection. */
export class HttpChannel {
  readonly channel: Channel;
  /** The machine. */
  readonly http: HttpConnection;
  #hasFailed = false;
  #failure: unknown;

  constructor(
    channel: Channel,
    role: HttpRole,
    options: HttpResponseReadOptions,
  ) {
    this.channel = channel;
    this.http = new HttpConnection(role, options, channel.queue);
    channel.reader = this;
  }

  /** Whether no view of the receive buffer was handed out. */
  get mayRetire(): boolean {
    return !this.http.lends;
  }

  /**
   * Takes the next event that is already here.
   *
   * @returns The event, or `undefined`: more bytes are needed, or it is not the
   * peer's turn, or all is over.
   * @throws {HttpError} If the peer broke HTTP.
   * @throws {unknown} What the link or a deadline failed with, once everything
   * that had arrived was taken.
   */
  next(): HttpEvent | undefined {
    const { http } = this;
    const event = http.next();
    if (event !== undefined || !http.needsBytes) return event;
    if (this.#hasFailed) throw this.#failure;
    const { connection, receiving } = this.channel;
    switch (receiving.state) {
      case "open":
      case "draining":
        return undefined;
      case "lost":
      case "aborted":
        throw receiving.failure;
    }
    // An end that this side has made itself says nothing about a body.
    const isAnnounced = receiving.peerFinished &&
      connection.endedUnannounced !== true;
    http.receiveEnd(isAnnounced);
    return http.next();
  }

  /**
   * Waits for more bytes, the end, a failure or a call of
   * {@linkcode HttpChannel.wake}.
   *
   * @returns A promise that never rejects.
   */
  fill(): Promise<void> {
    if (this.#hasFailed) return DONE;
    this.#reuseBuffer();
    return this.channel.fill();
  }

  /**
   * Reads ahead, one read at most, so that the loss of the link is noticed
   * while nothing waits for bytes.
   */
  watch(): void {
    if (this.#hasFailed) return;
    this.#reuseBuffer();
    this.channel.receiving.watch();
  }

  /** Lets all callers that wait look again. */
  wake(): void {
    this.channel.receiving.wake();
  }

  /**
   * Reads no more.
   *
   * @param error The error for callers that need more; the first one counts.
   */
  fail(error: unknown): void {
    if (!this.#hasFailed) {
      this.#hasFailed = true;
      this.#failure = error;
    }
    this.wake();
  }

  /**
   * Sends events; those of one call leave in one write if they are small.
   *
   * @returns `undefined` if there is room for more, else a promise that
   * resolves when there is. A part of a body may be changed again then.
   * @throws {TypeError} If an event cannot be written, or not now; at once.
   * @throws {RangeError} If the body does not have the length that its head
   * announces; at once.
   * @throws {unknown} What the link was lost by, or aborted with; at once, or
   * as a rejection.
   */
  send(...events: HttpEvent[]): MaybeLater {
    const { channel, http } = this;
    try {
      const { sink } = channel;
      for (let i = 0; i < events.length; i++) http.send(events[i]!, sink);
    } finally {
      channel.accepted();
    }
    const { sending, settings } = channel;
    const isFull = sending.isFull() ||
      sending.buffered >= settings.highWaterMarkBytes;
    return isFull ? channel.room() : undefined;
  }

  /**
   * Lets the next read use the buffer again, if nothing looks at it any more.
   */
  #reuseBuffer(): void {
    const { queue, receiving } = this.channel;
    if (!this.http.lends && !receiving.isReading) queue.release();
  }
}
