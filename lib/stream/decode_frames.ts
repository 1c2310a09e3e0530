/**
 * Frames to messages, as two stream ends for `pipeThrough`.
 *
 * @module
 */

import { OptionTypeError } from "../check.ts";
import type { ValueDecoder } from "../encoding/encoding.ts";
import {
  type EncodingLike,
  type MessageOf,
  parseEncoding,
} from "../encoding/parse.ts";
import type { ProtocolError } from "../errors.ts";
import type { BadFrames, Framing, Side } from "../framing/framing.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import { parseFraming } from "../framing/parse.ts";
import { pullPair, type Work } from "./pull_pair.ts";

/** Options for {@linkcode decodeFrames}. */
export interface DecodeFramesOptions<E extends EncodingLike = "bytes"> {
  /**
   * What happens to a bad frame, and to a message whose content is bad: `"fail"`
   * ends the stream, `"skip"` drops it, calls `onBadFrame` and goes on. Frames
   * can be skipped in the framings `line`, `delimiter`, `slip`, `cobs` and
   * `json-seq`, bad content in all.
   *
   * @default {"fail", but "skip" for `slip`, `cobs` and `json-seq`}
   */
  readonly badFrames?: BadFrames | undefined;
  /**
   * Whether the readable end gives arrays of messages instead of single ones.
   * Small messages are delivered several times faster this way.
   *
   * @default {false}
   */
  readonly batch?: boolean;
  /**
   * What the bytes of a message become: an encoding or its name.
   *
   * @default {"bytes"}
   */
  readonly encoding?: E;
  /**
   * The side that sends the bytes, for framings whose directions differ, such as
   * `postgres` and `smtp`. The others ignore it.
   *
   * @default {not known, which a framing whose directions differ refuses}
   */
  readonly from?: Side | undefined;
  /**
   * Largest message in bytes, as the reader receives it. Use `Infinity` only
   * for sources you trust.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
  /** Called with each frame or message that was skipped; the error says why. */
  readonly onBadFrame?: ((error: ProtocolError) => void) | undefined;
}

// A chunk may hold ten thousand tiny messages, and each becomes an object. This
// many are made at a time, about as many as one read of 64-byte messages holds.
const MOST_AT_ONCE = 1024;

/**
 * Makes a pair of stream ends that turns chunks of bytes into messages, wherever
 * the chunks were cut.
 *
 * All messages before an error arrive, then the readable end fails with it. A
 * slow reader stops the writer after one chunk. Cancelling the readable end
 * fails the writable end, and aborting the writable end fails the readable end,
 * after what was written before. Closing the writable end settles when the
 * reader has come to the end, and fails if the stream was cut off.
 *
 * @typeParam E The encoding or its name.
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit, the encoding, and single or batch delivery.
 * @returns The two ends. The writable end takes over the chunks written to it:
 * messages of encoding `"bytes"` are views of them wherever possible.
 * @throws {TypeError} If the framing or encoding is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 *
 * @example Lines of a stream
 * ```ts
 * import { decodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const chunks = ReadableStream.from(["he", "llo\n\nwor", "ld\n"])
 *   .pipeThrough(new TextEncoderStream());
 * const lines: string[] = [];
 * for await (const line of chunks.pipeThrough(decodeFrames("line", { encoding: "text" }))) {
 *   lines.push(line);
 * }
 * assertEquals(lines, ["hello", "", "world"]);
 * ```
 */
export function decodeFrames<E extends EncodingLike = "bytes">(
  framing: Framing | string,
  options: DecodeFramesOptions<E> & { readonly batch: true },
): {
  readable: ReadableStream<MessageOf<E>[]>;
  writable: WritableStream<Uint8Array>;
};
/**
 * As above, with single messages.
 *
 * @typeParam E The encoding or its name.
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit and the encoding.
 * @returns The two ends.
 * @throws {TypeError} If the framing or encoding is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 */
export function decodeFrames<E extends EncodingLike = "bytes">(
  framing: Framing | string,
  options?: DecodeFramesOptions<E> & { readonly batch?: false },
): {
  readable: ReadableStream<MessageOf<E>>;
  writable: WritableStream<Uint8Array>;
};
export function decodeFrames(
  framing: Framing | string,
  options: DecodeFramesOptions<EncodingLike> = {},
): {
  readable: ReadableStream;
  writable: WritableStream<Uint8Array>;
} {
  const { batch = false, encoding = "bytes" } = options;
  const known = typeof framing === "string" ? parseFraming(framing) : framing;
  const values = parseEncoding(encoding).decoder(known.boundary !== "none");
  const messages = new Messages(new FrameDecoder(known, options), values);
  return batch
    ? pullPair(new BatchDecoding(messages))
    : pullPair(new Decoding(messages));
}

/** The decoded messages of one stream, bad ones left out if that is wanted. */
class Messages {
  readonly #frames: FrameDecoder;
  readonly #values: ValueDecoder<unknown>;

  constructor(frames: FrameDecoder, values: ValueDecoder<unknown>) {
    this.#frames = frames;
    this.#values = values;
  }

  push(chunk: Uint8Array): void {
    if (chunk instanceof Uint8Array) return this.#frames.push(chunk);
    throw new OptionTypeError({
      action: `decode a chunk of type ${typeof chunk}`,
      reason: "it must be a Uint8Array",
    });
  }

  /** The next message, or `undefined` when more bytes are needed or all are read. */
  next(ended: boolean): unknown {
    const frames = this.#frames;
    for (;;) {
      const frame = ended ? frames.end() : frames.next();
      if (frame === undefined) {
        if (ended) this.#end();
        return undefined;
      }
      try {
        const value = this.#values.decode(frame);
        // A piece of framing raw may hold only part of a character.
        if (value !== undefined) return value;
      } catch (error) {
        frames.refuse(error, frame);
      }
    }
  }

  #end(): void {
    try {
      this.#values.end();
    } catch (error) {
      throw this.#frames.fail(error);
    }
  }
}

class Decoding implements Work<Uint8Array, unknown> {
  readonly full: boolean = true;
  readonly #messages: Messages;

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  push(chunk: Uint8Array): void {
    this.#messages.push(chunk);
  }

  pull(give: (message: unknown) => void, ended: boolean): boolean {
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      const message = this.#messages.next(ended);
      if (message === undefined) return false;
      give(message);
    }
    return true;
  }
}

class BatchDecoding implements Work<Uint8Array, unknown[]> {
  readonly full: boolean = true;
  readonly #messages: Messages;

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  push(chunk: Uint8Array): void {
    this.#messages.push(chunk);
  }

  pull(give: (batch: unknown[]) => void, ended: boolean): boolean {
    const batch: unknown[] = [];
    try {
      while (batch.length < MOST_AT_ONCE) {
        const message = this.#messages.next(ended);
        if (message === undefined) return false;
        batch.push(message);
      }
      return true;
    } finally {
      if (batch.length > 0) give(batch);
    }
  }
}
