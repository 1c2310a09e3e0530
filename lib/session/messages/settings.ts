/**
 * What both ends of a conversation agree on, checked once and before any I/O.
 *
 * @module
 */

import type { Encoding } from "../../encoding/encoding.ts";
import {
  type EncodingLike,
  type MessageOf,
  parseEncoding,
} from "../../encoding/parse.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
} from "../../framing/framing.ts";
import { checkDuration, checkSize } from "../../check.ts";
import { parseFraming } from "../../framing/parse.ts";
import { Clock } from "../../time/clock.ts";

/** The default of {@linkcode MessageOptions.framing}. */
export const DEFAULT_FRAMING: string = "line";

/**
 * The default of {@linkcode MessageOptions.highWaterMarkBytes}: 64 KiB, as in
 * Netty and .NET's pipelines.
 */
export const DEFAULT_HIGH_WATER_MARK_BYTES: number = 64 * 1024;

/**
 * How messages are cut, decoded, bounded and timed on a connection.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface MessageOptions<E extends EncodingLike = "bytes"> {
  /**
   * How a message's bytes become a value: `"bytes"` (`Uint8Array`), `"text"`
   * (strict UTF-8), `"json"`, or an encoding of your own.
   *
   * @default {"bytes"}
   */
  readonly encoding?: E;
  /**
   * Where a message begins and ends: a framing or its string, such as
   * `"length:4"`. Both ends must use the same.
   *
   * @default {"line"}
   */
  readonly framing?: Framing | string;
  /**
   * How many bytes may wait to be written before `send` makes its caller wait.
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
   * Largest message in bytes, received or sent, without its frame.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
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

/**
 * The options with all defaults filled in, shared by all connections of a server.
 *
 * @typeParam T Type of a message.
 */
export class Settings<T> {
  readonly framing: Framing;
  readonly encoding: Encoding<T>;
  readonly maxMessageBytes: number;
  readonly highWaterMarkBytes: number;
  readonly idleTimeoutMs: number;
  readonly messageTimeoutMs: number;
  readonly sendTimeoutMs: number;
  /** The clock of the deadlines; none if there are no deadlines. */
  readonly clock: Clock | undefined;

  /**
   * Checks the options.
   *
   * @param options The options.
   * @param furtherMs Deadlines of whoever uses the clock too, in milliseconds.
   * @throws {TypeError} If the framing or the encoding does not exist, or they
   * do not go together.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(
    options: MessageOptions<EncodingLike>,
    furtherMs: readonly number[] = [],
  ) {
    const {
      encoding = "bytes",
      framing = DEFAULT_FRAMING,
      highWaterMarkBytes = DEFAULT_HIGH_WATER_MARK_BYTES,
      idleTimeoutMs = Infinity,
      maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
      messageTimeoutMs = Infinity,
      sendTimeoutMs = Infinity,
    } = options;
    checkSize("maxMessageBytes", maxMessageBytes, 1);
    checkSize("highWaterMarkBytes", highWaterMarkBytes, 1);
    checkDuration("idleTimeoutMs", idleTimeoutMs);
    checkDuration("messageTimeoutMs", messageTimeoutMs);
    checkDuration("sendTimeoutMs", sendTimeoutMs);
    this.framing = typeof framing === "string"
      ? parseFraming(framing)
      : framing;
    this.encoding = parseEncoding(encoding) as Encoding<T>;
    // Fails here, not at the first message, if the two do not go together.
    this.encoding.decoder(this.framing.boundary !== "none");
    this.framing.decoder({ maxMessageBytes });
    this.maxMessageBytes = maxMessageBytes;
    this.highWaterMarkBytes = highWaterMarkBytes;
    this.idleTimeoutMs = idleTimeoutMs;
    this.messageTimeoutMs = messageTimeoutMs;
    this.sendTimeoutMs = sendTimeoutMs;
    const deadlines = [
      idleTimeoutMs,
      messageTimeoutMs,
      sendTimeoutMs,
      ...furtherMs,
    ].filter((ms) => ms !== Infinity);
    this.clock = deadlines.length === 0 ? undefined : new Clock(deadlines);
  }
}

/** The settings type that an encoding leads to; only a shorter name. */
export type SettingsOf<E extends EncodingLike> = Settings<MessageOf<E>>;
