/**
 * Messages to frames, as two stream ends for `pipeThrough`.
 *
 * @module
 */

import { ByteSink } from "../bytes/byte_sink.ts";
import { checkSize } from "../check.ts";
import type { Encoding } from "../encoding/encoding.ts";
import {
  type EncodingLike,
  parseEncoding,
  type SentOf,
} from "../encoding/parse.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Encoder,
  type Framing,
  type Side,
} from "../framing/framing.ts";
import { parseFraming } from "../framing/parse.ts";
import { pullPair, type Work } from "./pull_pair.ts";

/** Options for {@linkcode encodeFrames}. */
export interface EncodeFramesOptions<E extends EncodingLike = "bytes"> {
  /**
   * Whether the writable end takes arrays of messages instead of single ones.
   *
   * @default {false}
   */
  readonly batch?: boolean;
  /**
   * What is written, and how it becomes bytes: an encoding or its name.
   *
   * @default {"bytes"}
   */
  readonly encoding?: E;
  /**
   * The side for which the bytes are written, for framings whose directions
   * differ, such as `postgres` and `smtp`. The others ignore it.
   *
   * @default {not known, which a framing whose directions differ refuses}
   */
  readonly from?: Side | undefined;
  /**
   * Largest message in bytes.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
}

/**
 * How many bytes of frames may wait for the reader before the writer waits: 64
 * KiB, as in the connections of this library and in Netty.
 */
const HIGH_WATER_BYTES = 64 * 1024;

/**
 * Makes a pair of stream ends that turns messages into chunks of frames. Small
 * frames that are written before the next read leave together.
 *
 * A message that cannot be sent in the framing fails its write and both ends,
 * after the frames before it were read.
 *
 * @typeParam E The encoding or its name.
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit, the encoding, and single messages or arrays of them.
 * @returns The two ends. A message must not be changed once it is written.
 * @throws {TypeError} If the framing or encoding is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 *
 * @example Messages as netstrings
 * ```ts
 * import { encodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const frames = ReadableStream.from(["hello", "", "world"])
 *   .pipeThrough(encodeFrames("netstring", { encoding: "text" }));
 * assertEquals(await new Response(frames).text(), "5:hello,0:,5:world,");
 * ```
 */
export function encodeFrames<E extends EncodingLike = "bytes">(
  framing: Framing | string,
  options: EncodeFramesOptions<E> & { readonly batch: true },
): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream<readonly SentOf<E>[]>;
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
export function encodeFrames<E extends EncodingLike = "bytes">(
  framing: Framing | string,
  options?: EncodeFramesOptions<E> & { readonly batch?: false },
): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream<SentOf<E>>;
};
export function encodeFrames(
  framing: Framing | string,
  options: EncodeFramesOptions<EncodingLike> = {},
): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream;
} {
  const {
    batch = false,
    encoding = "bytes",
    from,
    maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES,
  } = options;
  checkSize("maxMessageBytes", maxMessageBytes, 1);
  const encoder =
    (typeof framing === "string" ? parseFraming(framing) : framing)
      .encoder({ from, maxMessageBytes });
  const values = parseEncoding(encoding) as Encoding<unknown>;
  return pullPair(new FrameEncoding(encoder, values, batch)) as never;
}

class FrameEncoding implements Work<unknown, Uint8Array> {
  readonly #encoder: Encoder;
  readonly #values: Encoding<unknown>;
  readonly #batch: boolean;
  #sink = new ByteSink();

  constructor(encoder: Encoder, values: Encoding<unknown>, batch: boolean) {
    this.#encoder = encoder;
    this.#values = values;
    this.#batch = batch;
  }

  get full(): boolean {
    return this.#sink.length >= HIGH_WATER_BYTES;
  }

  push(input: unknown): void {
    if (!this.#batch) return this.#encode(input);
    for (const message of input as readonly unknown[]) this.#encode(message);
  }

  pull(give: (chunk: Uint8Array) => void): boolean {
    if (this.#sink.length > 0) {
      for (const piece of this.#sink.pieces()) give(piece);
      // The reader owns the pieces now, so their buffer must not be used again.
      this.#sink = new ByteSink();
    }
    return false;
  }

  #encode(message: unknown): void {
    this.#encoder.encode(this.#values.encode(message), this.#sink);
  }
}
