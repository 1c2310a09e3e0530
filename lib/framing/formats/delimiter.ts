/**
 * Messages that end with a given sequence of bytes.
 *
 * ```text
 * delimiter:#*#     h e l l o # * # w o r l d # * #
 * delimiter:\0      h e l l o 00 w o r l d 00
 * ```
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { escape } from "../grammar/escapes.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import { checkSendSize, evidence, tooLarge, truncated } from "../limits.ts";
import { Search } from "./search.ts";

/** Options for {@linkcode delimiter}. */
export interface DelimiterOptions {
  /**
   * Whether the end of the stream ends the last message as well. Otherwise a
   * last message without its delimiter is `truncated`.
   *
   * @default {false}
   */
  readonly eof?: boolean;
}

const LONGEST_BYTES = 256;

/**
 * Makes the framing of messages that end with a given sequence of bytes. The
 * delimiter is not part of the message and does not count toward the limit.
 *
 * @param delimiter The sequence, 1 to 256 bytes; a string stands for its UTF-8.
 * @param options What the end of the stream means.
 * @returns The framing. Its encoder refuses a message in which the receiver
 * would find the delimiter too early.
 * @throws {RangeError} If the delimiter is empty or too long.
 *
 * @example A delimiter cut by the network
 * ```ts
 * import { delimiter, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(delimiter("#*#"));
 * const texts: string[] = [];
 * for (const piece of ["one#", "*", "#two#*#"]) {
 *   decoder.push(new TextEncoder().encode(piece));
 *   for (let m; (m = decoder.next()) !== undefined;) {
 *     texts.push(new TextDecoder().decode(m));
 *   }
 * }
 * assertEquals(texts, ["one", "two"]);
 * ```
 */
export function delimiter(
  delimiter: Uint8Array | string,
  options: DelimiterOptions = {},
): Framing {
  const bytes = typeof delimiter === "string"
    ? new TextEncoder().encode(delimiter)
    : delimiter.slice();
  if (bytes.length < 1 || bytes.length > LONGEST_BYTES) {
    throw new OptionRangeError({
      action: `use a delimiter of ${bytes.length} bytes`,
      reason: `it must have 1 to ${LONGEST_BYTES}`,
    });
  }
  return new DelimiterFraming(bytes, options.eof ?? false);
}

class DelimiterFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly #bytes: Uint8Array;
  readonly #eof: boolean;

  constructor(bytes: Uint8Array, eof: boolean) {
    this.#bytes = bytes;
    this.#eof = eof;
  }

  decoder(options: CodecOptions): Decoder {
    return new DelimiterDecoder(
      this.#bytes,
      this.#eof,
      options.maxMessageBytes,
    );
  }

  encoder(options: CodecOptions): Encoder {
    return new DelimiterEncoder(this.#bytes, options.maxMessageBytes);
  }

  explain(frame: Uint8Array): FramePart[] {
    const queue = new ByteQueue();
    queue.push(frame);
    const end = new Search(this.#bytes).find(queue);
    return new PartList(frame)
      .add("payload", end === -1 ? frame.length : end)
      .add("delimiter", this.#bytes.length, `delimiter ${escape(this.#bytes)}`)
      .finish();
  }

  toString(): string {
    return `delimiter:${escape(this.#bytes)}${this.#eof ? ",eof" : ""}`;
  }
}

class DelimiterDecoder implements Decoder {
  readonly #search: Search;
  readonly #delimiterBytes: number;
  readonly #eof: boolean;
  readonly #max: number;

  constructor(bytes: Uint8Array, eof: boolean, maxMessageBytes: number) {
    this.#search = new Search(bytes);
    this.#delimiterBytes = bytes.length;
    this.#eof = eof;
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const size = this.#find(queue);
    if (size === -1) return undefined;
    const message = queue.take(size);
    queue.skip(this.#delimiterBytes);
    return message;
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    for (let i = 0; i < most; i++) {
      const message = this.decode(queue);
      if (message === undefined) return;
      into.push(message);
    }
  }

  skip(queue: ReadableQueue): number {
    const size = this.#find(queue);
    if (size !== -1) queue.skip(size + this.#delimiterBytes);
    return size;
  }

  resync(queue: ReadableQueue): boolean {
    const size = this.#search.find(queue);
    if (size === -1) {
      this.#search.drop(queue);
      return false;
    }
    queue.skip(size + this.#delimiterBytes);
    return true;
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    const length = queue.gather();
    if (length === 0) return undefined;
    if (!this.#eof) {
      throw truncated(
        `the stream ended after ${length} bytes without the delimiter that ends the message`,
      );
    }
    if (length > this.#max) throw this.#refusal(queue);
    return queue.take(length);
  }

  /** Size of the message at the front, or -1 when more bytes are needed. */
  #find(queue: ReadableQueue): number {
    const size = this.#search.find(queue);
    // The earliest place where the delimiter can begin only moves forward, so
    // this refuses the same messages as if all bytes were here.
    if ((size === -1 ? this.#search.earliest : size) > this.#max) {
      throw this.#refusal(queue);
    }
    return size;
  }

  #refusal(queue: ReadableQueue): Error {
    return tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
  }
}

class DelimiterEncoder implements Encoder {
  readonly #bytes: Uint8Array;
  readonly #max: number;

  constructor(bytes: Uint8Array, maxMessageBytes: number) {
    this.#bytes = bytes;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    const found = this.#find(message);
    if (found !== message.length) {
      throw new OptionRangeError({
        action: `send message in which the delimiter "${
          escape(this.#bytes)
        }" is found at byte ${found}`,
        reason: "it would arrive as another message",
      });
    }
    sink.payload(message);
    sink.copy(this.#bytes);
  }

  /** Where the receiver finds the delimiter: not always after the message. */
  #find(message: Uint8Array): number {
    if (!message.includes(this.#bytes[0]!)) return message.length;
    // Searching the message alone is not enough: with delimiter "aa" the frame
    // of "a" is "aaa", in which it is found one byte early.
    const frame = new ByteQueue();
    frame.push(message);
    frame.push(this.#bytes);
    return new Search(this.#bytes).find(frame);
  }
}
