/**
 * What both ends of a conversation agree on, checked once and before any I/O.
 *
 * @module
 */

import { checkOneOf, checkSize } from "../../check.ts";
import type { Encoding } from "../../encoding/encoding.ts";
import { type EncodingLike, parseEncoding } from "../../encoding/parse.ts";
import {
  type BadFrames,
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
  type Side,
} from "../../framing/framing.ts";
import { DEFAULT_FRAMING, framingOf } from "../../framing/by_name.ts";
import { otherSide } from "../../framing/side.ts";
import {
  type ChannelInternals,
  type ChannelOptions,
  ChannelSettings,
} from "../channel/channel_settings.ts";

/**
 * How messages are cut, decoded, bounded and timed on a connection.
 *
 * @typeParam E The encoding or its name; it decides the type of a message.
 */
export interface MessageOptions<E extends EncodingLike = "bytes">
  extends ChannelOptions {
  /**
   * What happens to a bad frame, and to a message whose content is bad, such as a
   * line that is not JSON: `"fail"` ends the messages with a `ProtocolError`,
   * `"skip"` drops it, reports it to `onEvent`, counts it in `stats` and goes on.
   * Frames can be skipped in the framings `line`, `delimiter`, `slip`, `cobs` and
   * `json-seq`, where the end of a frame can be found without its beginning.
   *
   * @default {"fail", but "skip" for `slip`, `cobs` and `json-seq`}
   */
  readonly badFrames?: BadFrames | undefined;
  /**
   * How a message's bytes become a value: `"bytes"` (`Uint8Array`), `"text"`
   * (strict UTF-8), `"json"`, or an encoding of your own. In an options object
   * that is written outside the call, a name needs `as const`, or the object a
   * type such as `ServeOptions<"text">`: TypeScript widens it to `string` otherwise.
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
   * Largest message in bytes, received or sent, without its frame.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
  /**
   * Largest message in bytes that this side sends, where it differs: a relay that
   * adds a field to every message needs room for it.
   *
   * @default {maxMessageBytes}
   */
  readonly maxSentMessageBytes?: number;
  /**
   * Which side of the connection this program is, for framings whose directions
   * differ, such as `postgres` and `smtp`: messages are sent as this side writes
   * them, and received as the other side does. Only a server that opens the
   * connections itself needs it, or `new MessageConnection` on an accepted one.
   *
   * @default {"server" for `serve`, otherwise "client"}
   */
  readonly side?: Side | undefined;
}

/**
 * The options with all defaults filled in, shared by all connections of a server.
 */
export class Settings<T, S = T> extends ChannelSettings {
  readonly badFrames: BadFrames | undefined;
  readonly framing: Framing;
  readonly encoding: Encoding<T, S>;
  readonly maxMessageBytes: number;
  readonly maxSentMessageBytes: number;
  /** Which side of the connection this program is; its encoders are from it. */
  readonly side: Side;

  /**
   * Checks the options.
   *
   * @param options The options.
   * @param internals What only this library and its tests set.
   * @param defaultSide Which side this program is unless the options say.
   * @throws {TypeError} If the framing or the encoding does not exist, or they
   * do not go together.
   * @throws {RangeError} If a number is out of its range.
   */
  constructor(
    options: MessageOptions<EncodingLike>,
    internals: ChannelInternals = {},
    defaultSide: Side = "client",
  ) {
    super(options, internals);
    const {
      badFrames,
      encoding = "bytes",
      framing = DEFAULT_FRAMING,
      maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
      maxSentMessageBytes = maxMessageBytes,
      side = defaultSide,
    } = options;
    checkSize("maxMessageBytes", maxMessageBytes, 1);
    checkSize("maxSentMessageBytes", maxSentMessageBytes, 1);
    if (badFrames !== undefined) {
      checkOneOf("badFrames", badFrames, ["fail", "skip"]);
    }
    this.badFrames = badFrames;
    this.framing = framingOf(framing);
    this.encoding = parseEncoding(encoding) as Encoding<
      unknown,
      never
    > as Encoding<T, S>;
    // Fails here, not at the first message, if the two do not go together.
    this.encoding.decoder(this.framing.boundary !== "none");
    this.side = checkOneOf("side", side, ["client", "server"]);
    this.framing.decoder({ from: this.peer, maxMessageBytes });
    this.maxMessageBytes = maxMessageBytes;
    this.maxSentMessageBytes = maxSentMessageBytes;
  }

  /** The other side; its bytes are decoded. */
  get peer(): Side {
    return otherSide(this.side);
  }
}
