/**
 * The bounds and deadlines of a channel, checked once and before any I/O.
 *
 * @module
 */

import {
  DEFAULT_HIGH_WATER_MARK_BYTES,
  DEFAULT_MAX_BUFFERED_BYTES,
} from "../defaults.ts";
import { checkDuration, checkSize } from "../../check.ts";
import { ClosedError, ConnectionError } from "../../errors.ts";
import { Clock } from "../../time/clock.ts";
import type { Connection } from "../../transport/connection.ts";
import { SYSTEM_TIME, type Time } from "../../time/time.ts";

/** Bounds and deadlines of a connection. */
export interface ChannelOptions {
  /**
   * How many bytes may wait to be written before `send` makes its caller wait;
   * never more than `maxBufferedBytes`. A batch of bytes that is given to `sendAll`
   * waits with up to three times as many, so that it leaves in fewer writes.
   *
   * @default {65_536}
   */
  readonly highWaterMarkBytes?: number;
  /**
   * Longest time in milliseconds to wait for the peer without a byte in either
   * direction; `Infinity` for no bound. Then the connection is aborted.
   *
   * @default {Infinity}
   */
  readonly idleTimeoutMs?: number;
  /**
   * How many bytes may wait to be written in all; `Infinity` for no bound. A
   * program that does not await `send`, with a peer that does not read, reaches
   * it: then the connection is aborted with a `ConnectionError` of code
   * `"overrun"`. One message always fits, whatever its size, and a program that
   * awaits every `send` never gets here.
   *
   * @default {16_777_216}
   */
  readonly maxBufferedBytes?: number;
  /**
   * Longest time in milliseconds from a message's first byte to its last, while
   * this side is reading; `Infinity` for no bound. Then the connection is
   * aborted. It stops a peer that sends one byte a minute to keep you waiting.
   *
   * @default {Infinity}
   */
  readonly messageTimeoutMs?: number;
  /**
   * Longest time in milliseconds that waiting bytes may make no progress
   * because the peer does not read; `Infinity` for no bound. Then the
   * connection is aborted.
   *
   * @default {Infinity}
   */
  readonly sendTimeoutMs?: number;
}

/** What only this library and its tests set. */
export interface ChannelInternals {
  /** Further deadlines that use the clock, in milliseconds. */
  readonly furtherMs?: readonly number[];
  /** Where time comes from. */
  readonly time?: Time;
}

/** The options with all defaults filled in, shared by all channels of a server. */
export class ChannelSettings {
  readonly highWaterMarkBytes: number;
  readonly idleTimeoutMs: number;
  readonly maxBufferedBytes: number;
  readonly messageTimeoutMs: number;
  readonly sendTimeoutMs: number;
  /** The clock of the deadlines; `undefined` if there are no deadlines. */
  readonly clock: Clock | undefined;
  /** Where time comes from. */
  readonly time: Time;

  /**
   * Checks the options.
   *
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(options: ChannelOptions = {}, internals: ChannelInternals = {}) {
    const {
      highWaterMarkBytes = DEFAULT_HIGH_WATER_MARK_BYTES,
      idleTimeoutMs = Infinity,
      maxBufferedBytes = DEFAULT_MAX_BUFFERED_BYTES,
      messageTimeoutMs = Infinity,
      sendTimeoutMs = Infinity,
    } = options;
    const { furtherMs = [], time = SYSTEM_TIME } = internals;
    checkSize("highWaterMarkBytes", highWaterMarkBytes, 1);
    checkSize("maxBufferedBytes", maxBufferedBytes, 1);
    checkDuration("idleTimeoutMs", idleTimeoutMs);
    checkDuration("messageTimeoutMs", messageTimeoutMs);
    checkDuration("sendTimeoutMs", sendTimeoutMs);
    // Or a program that waits for room would be ended for what it may send.
    this.highWaterMarkBytes = Math.min(highWaterMarkBytes, maxBufferedBytes);
    this.idleTimeoutMs = idleTimeoutMs;
    this.maxBufferedBytes = maxBufferedBytes;
    this.messageTimeoutMs = messageTimeoutMs;
    this.sendTimeoutMs = sendTimeoutMs;
    this.time = time;
    const deadlines = [
      idleTimeoutMs,
      messageTimeoutMs,
      sendTimeoutMs,
      ...furtherMs,
    ].filter((ms) => ms !== Infinity);
    this.clock = deadlines.length === 0
      ? undefined
      : new Clock(deadlines, time);
  }

  /**
   * The error of a connection with more than `maxBufferedBytes` waiting.
   *
   * @param before How many bytes waited before the last frame. One frame always
   * fits: a caller that waits for room never appends above the high-water mark.
   * @returns The error, or `undefined` if that frame alone is too much.
   */
  overrun(
    { remoteAddress }: Connection,
    before: number,
    waiting: number,
  ): ConnectionError | undefined {
    const { highWaterMarkBytes, maxBufferedBytes: most } = this;
    if (before < Math.min(highWaterMarkBytes, most)) return undefined;
    return new ConnectionError("overrun", {
      action: "send to",
      address: String(remoteAddress),
      reason:
        `${waiting} bytes wait to be written, more than ${most}, and the peer does not read them`,
      option: "maxBufferedBytes",
      advice: "await send, or look at bytesWaiting before you send more",
    });
  }
}

/** The error of sending to a connection whose end was sent. */
export function finishedSending({ remoteAddress }: Connection): ClosedError {
  return new ClosedError({
    action: "send to",
    address: String(remoteAddress),
    reason: "this side has finished sending",
  });
}
