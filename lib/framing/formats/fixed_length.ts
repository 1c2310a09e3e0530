/**
 * Messages of one fixed size, possibly padded to it.
 *
 * ```text
 * fixed:5           h e l l o  w o r l d
 * fixed:8,pad=#     h e l l o # # #   h i # # # # # #
 * ```
 *
 * @module
 */

import { checkInteger, OptionRangeError } from "../../check.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { byteOf, escape } from "../grammar/escapes.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import {
  checkSendSize,
  evidence,
  nameOf,
  SendSizeError,
  tooLarge,
  truncated,
} from "../limits.ts";

/** Options for {@linkcode fixedLength}. */
export interface FixedLengthOptions {
  /**
   * Size of every frame in bytes, 1 to 2,147,483,647.
   */
  readonly bytes: number;
  /**
   * The byte that fills up shorter messages, as a number or as one ASCII
   * character. It is taken off the end when reading, so a message that ends in
   * it cannot be sent. Without it only messages of exactly `bytes` can be.
   *
   * @default {undefined}
   */
  readonly pad?: number | string | undefined;
}

const LARGEST_BYTES = 2 ** 31 - 1;

/**
 * Makes the framing of messages of one fixed size.
 *
 * @param options The size, and the padding if there is one.
 * @returns The framing.
 * @throws {RangeError} If the size is out of range or the padding not one byte.
 *
 * @example Padded to eight bytes
 * ```ts
 * import { FrameDecoder, fixedLength } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(fixedLength({ bytes: 8, pad: "#" }));
 * decoder.push(new TextEncoder().encode("hello###"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "hello");
 * ```
 */
export function fixedLength(options: FixedLengthOptions): Framing {
  const { bytes, pad } = options;
  checkInteger("bytes", bytes, 1, LARGEST_BYTES);
  return new FixedLengthFraming(
    bytes,
    pad === undefined ? undefined : byteOf("pad", pad),
  );
}

class FixedLengthFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly encodesAlike = true;
  readonly #bytes: number;
  readonly #pad: number | undefined;

  constructor(bytes: number, pad: number | undefined) {
    this.#bytes = bytes;
    this.#pad = pad;
  }

  decoder(options: CodecOptions): Decoder {
    return new FixedLengthDecoder(
      this.#bytes,
      this.#pad,
      options.maxMessageBytes,
    );
  }

  encoder(options: CodecOptions): Encoder {
    return new FixedLengthEncoder(
      this.#bytes,
      this.#pad,
      options.maxMessageBytes,
    );
  }

  explain(frame: Uint8Array): FramePart[] {
    const bytes = this.#bytes;
    const pad = this.#pad;
    const size = pad === undefined || frame.length < bytes
      ? bytes
      : unpadded(frame.subarray(0, bytes), pad);
    return new PartList(frame).add("payload", size)
      .add("padding", bytes - size)
      .finish();
  }

  toString(): string {
    return `fixed:${this.#bytes}` +
      (this.#pad === undefined
        ? ""
        : `,pad=${escape(Uint8Array.of(this.#pad))}`);
  }
}

class FixedLengthDecoder implements Decoder {
  missingBytes = 0;
  readonly #bytes: number;
  readonly #pad: number | undefined;
  readonly #max: number;

  constructor(bytes: number, pad: number | undefined, maxMessageBytes: number) {
    this.#bytes = bytes;
    this.#pad = pad;
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const bytes = this.#bytes;
    const max = this.#max;
    // Without padding the first byte decides, so that nothing is collected.
    if (this.#pad === undefined && bytes > max && queue.length > 0) {
      throw tooLarge(bytes, max, evidence(queue, 1));
    }
    if (!queue.has(bytes)) {
      const { length } = queue;
      this.missingBytes = length === 0 ? 0 : bytes - length;
      return undefined;
    }
    const frame = queue.peek(0, bytes);
    const size = this.#pad === undefined ? bytes : unpadded(frame, this.#pad);
    if (size > max) throw tooLarge(undefined, max, evidence(queue, bytes));
    queue.skip(bytes);
    return size === bytes ? frame : frame.subarray(0, size);
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      `the stream ended after ${length} of its ${this.#bytes} bytes`,
    );
  }
}

/** Size of a frame without the padding at its end. */
function unpadded(frame: Uint8Array, pad: number): number {
  let size = frame.length;
  while (size > 0 && frame[size - 1] === pad) size--;
  return size;
}

class FixedLengthEncoder implements Encoder {
  readonly #bytes: number;
  readonly #pad: number | undefined;
  readonly #max: number;

  constructor(bytes: number, pad: number | undefined, maxMessageBytes: number) {
    this.#bytes = bytes;
    this.#pad = pad;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    const missing = this.#bytes - size;
    const pad = this.#pad;
    if (missing < 0 || (missing > 0 && pad === undefined)) {
      throw new (missing > 0 ? OptionRangeError : SendSizeError)({
        action: `send message of ${size} bytes`,
        reason: `the frame is fixed at ${this.#bytes} bytes` +
          (missing > 0 ? " and there is no padding" : ""),
        option: missing > 0 ? "pad" : undefined,
      });
    }
    if (pad !== undefined && message.at(-1) === pad) {
      throw new OptionRangeError({
        action: `send message that ends in ${nameOf(pad)}`,
        reason: "the receiver strips it as padding",
      });
    }
    sink.payload(message);
    if (missing > 0) sink.payload(new Uint8Array(missing).fill(pad!));
  }
}
