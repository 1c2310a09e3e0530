/**
 * Frames to messages, as two stream ends for `pipeThrough`.
 *
 * @module
 */

import type { Framing } from "../framing/framing.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import { pullPair, type Work } from "./pull_pair.ts";

/** Options for {@linkcode decodeFrames}. */
export interface DecodeFramesOptions {
  /**
   * Whether the readable end gives arrays of messages instead of single ones.
   * Small messages are delivered several times faster this way.
   *
   * @default {false}
   */
  readonly batch?: boolean;
  /**
   * Largest message in bytes, as the reader receives it. Use `Infinity` only
   * for sources you trust.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
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
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit, and single or batch delivery.
 * @returns The two ends. The writable end takes over the chunks written to it:
 * messages are views of them wherever possible.
 * @throws {TypeError} If the framing is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 *
 * @example Lines of a stream
 * ```ts
 * import { decodeFrames } from "@parley/parley/stream";
 * import { assertEquals } from "@std/assert";
 *
 * const chunks = ReadableStream.from(["he", "llo\nwor", "ld\n"])
 *   .pipeThrough(new TextEncoderStream());
 * const lines: string[] = [];
 * for await (const line of chunks.pipeThrough(decodeFrames("line"))) {
 *   lines.push(new TextDecoder().decode(line));
 * }
 * assertEquals(lines, ["hello", "world"]);
 * ```
 */
export function decodeFrames(
  framing: Framing | string,
  options: DecodeFramesOptions & { readonly batch: true },
): {
  readable: ReadableStream<Uint8Array[]>;
  writable: WritableStream<Uint8Array>;
};
/**
 * As above, with single or batch delivery.
 *
 * @param framing The framing, or its string, such as `"length:4"`.
 * @param options The limit.
 * @returns The two ends.
 * @throws {TypeError} If the framing is unknown or malformed.
 * @throws {RangeError} If the limit is not a positive integer.
 */
export function decodeFrames(
  framing: Framing | string,
  options?: DecodeFramesOptions & { readonly batch?: false },
): {
  readable: ReadableStream<Uint8Array>;
  writable: WritableStream<Uint8Array>;
};
export function decodeFrames(
  framing: Framing | string,
  options: DecodeFramesOptions = {},
): {
  readable: ReadableStream<Uint8Array | Uint8Array[]>;
  writable: WritableStream<Uint8Array>;
} {
  const { batch = false, maxMessageBytes } = options;
  const decoder = new FrameDecoder(
    framing,
    maxMessageBytes === undefined ? {} : { maxMessageBytes },
  );
  return pullPair<Uint8Array, Uint8Array | Uint8Array[]>(
    batch ? new BatchDecoding(decoder) : new Decoding(decoder),
  );
}

class Decoding implements Work<Uint8Array, Uint8Array> {
  readonly full: boolean = true;
  readonly #decoder: FrameDecoder;

  constructor(decoder: FrameDecoder) {
    this.#decoder = decoder;
  }

  push(chunk: Uint8Array): void {
    checkChunk(chunk);
    this.#decoder.push(chunk);
  }

  pull(give: (message: Uint8Array) => void, ended: boolean): boolean {
    const decoder = this.#decoder;
    for (let i = 0; i < MOST_AT_ONCE; i++) {
      const message = ended ? decoder.end() : decoder.next();
      if (message === undefined) return false;
      give(message);
    }
    return true;
  }
}

class BatchDecoding implements Work<Uint8Array, Uint8Array[]> {
  readonly full: boolean = true;
  readonly #decoder: FrameDecoder;

  constructor(decoder: FrameDecoder) {
    this.#decoder = decoder;
  }

  push(chunk: Uint8Array): void {
    checkChunk(chunk);
    this.#decoder.push(chunk);
  }

  pull(give: (batch: Uint8Array[]) => void, ended: boolean): boolean {
    const batch: Uint8Array[] = [];
    try {
      return this.#fill(batch, ended);
    } finally {
      if (batch.length > 0) give(batch);
    }
  }

  #fill(batch: Uint8Array[], ended: boolean): boolean {
    const decoder = this.#decoder;
    while (batch.length < MOST_AT_ONCE) {
      const message = ended ? decoder.end() : decoder.next();
      if (message === undefined) return false;
      batch.push(message);
    }
    return true;
  }
}

function checkChunk(chunk: Uint8Array): void {
  if (chunk instanceof Uint8Array) return;
  throw new TypeError(
    `Cannot decode a chunk of type ${typeof chunk}: write Uint8Array`,
  );
}
