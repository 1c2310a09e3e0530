/**
 * Messages to frames, as two stream ends for `pipeThrough`.
 *
 * @module
 */

import { ByteSink } from "../bytes/byte_sink.ts";
import {
  DEFAULT_MAX_MESSAGE_BYTES,
  type Encoder,
  type Framing,
} from "../framing/framing.ts";
import { checkSize } from "../check.ts";
import { parseFraming } from "../framing/parse.ts";
import { pullPair, type Work } from "./pull_pair.ts";

/** Options for {@linkcode encodeFrames}. */
export interface EncodeFramesOptions {
  /**
   * Whether the writable end takes arrays of messages instead of single ones.
   *
   * @default {false}
   */
  readonly batch?: boolean;
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
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit, and single messages or arrays of them.
 * @returns The two ends. A message must not be changed once it is written.
 * @throws {TypeError} If the framing is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 *
 * @example Messages as netstrings
 * ```ts
 * import { encodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const frames = ReadableStream.from(["hello", "world"])
 *   .pipeThrough(new TextEncoderStream())
 *   .pipeThrough(encodeFrames("netstring"));
 * assertEquals(await new Response(frames).text(), "5:hello,5:world,");
 * ```
 */
export function encodeFrames(
  framing: Framing | string,
  options: EncodeFramesOptions & { readonly batch: true },
): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream<readonly Uint8Array[]>;
};
/**
 * As above, with single messages.
 *
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit.
 * @returns The two ends.
 * @throws {TypeError} If the framing is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 */
export function encodeFrames(
  framing: Framing | string,
  options?: EncodeFramesOptions & { readonly batch?: false },
): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable: WritableStream<Uint8Array>;
};
export function encodeFrames(
  framing: Framing | string,
  options: EncodeFramesOptions = {},
): {
  readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  writable:
    & WritableStream<Uint8Array>
    & WritableStream<readonly Uint8Array[]>;
} {
  const { batch = false, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } =
    options;
  checkSize("maxMessageBytes", maxMessageBytes, 1);
  const encoder =
    (typeof framing === "string" ? parseFraming(framing) : framing)
      .encoder({ maxMessageBytes });
  return pullPair(new Encoding(encoder, batch)) as never;
}

class Encoding implements Work<Uint8Array | readonly Uint8Array[], Uint8Array> {
  readonly #encoder: Encoder;
  readonly #batch: boolean;
  #sink = new ByteSink();

  constructor(encoder: Encoder, batch: boolean) {
    this.#encoder = encoder;
    this.#batch = batch;
  }

  get full(): boolean {
    return this.#sink.length >= HIGH_WATER_BYTES;
  }

  push(input: Uint8Array | readonly Uint8Array[]): void {
    if (!this.#batch) return this.#encode(input as Uint8Array);
    for (const message of input as readonly Uint8Array[]) this.#encode(message);
  }

  pull(give: (chunk: Uint8Array) => void): boolean {
    if (this.#sink.length > 0) {
      for (const piece of this.#sink.pieces()) give(piece);
      // The reader owns the pieces now, so their buffer must not be used again.
      this.#sink = new ByteSink();
    }
    return false;
  }

  #encode(message: Uint8Array): void {
    if (!(message instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot encode a message of type ${typeof message}: write Uint8Array`,
      );
    }
    this.#encoder.encode(message, this.#sink);
  }
}
