/**
 * Messages that follow their length in decimal digits, in a header of fixed
 * width.
 *
 * ```text
 * header:10           5 _ _ _ _ _ _ _ _ _ h e l l o      (_ is a space)
 * header:10,right     _ _ _ _ _ _ _ _ _ 5 h e l l o
 * header:5,zero       0 0 0 0 5 h e l l o
 * ```
 *
 * The length counts bytes, not characters. Peers that count characters agree
 * only as long as they send ASCII.
 *
 * @module
 */

import { checkInteger, OptionRangeError, outOfRange } from "../../check.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import {
  addAnnounced,
  AnnouncedDecoder,
  type HeaderReader,
} from "./announced.ts";
import { isDigit, readDigits } from "./digits.ts";
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
  malformed,
  nameOf,
  SendSizeError,
} from "../limits.ts";

/** Options for {@linkcode decimalHeader}. */
export interface DecimalHeaderOptions {
  /**
   * The side of the header that the digits are on when sending. Reading accepts
   * both.
   *
   * @default {"left"}
   */
  readonly align?: "left" | "right";
  /**
   * Width of the header in characters, 1 to 32.
   *
   * @default {10}
   */
  readonly digits?: number;
  /**
   * Whether the header is filled with zeros, to the left of the number, instead
   * of spaces. Reading accepts both.
   *
   * @default {false}
   */
  readonly zero?: boolean;
}

const SPACE = 0x20;

/**
 * Makes the framing of messages that follow their length in decimal digits.
 *
 * @param options Width and form of the header.
 * @returns The framing. It reads digits with spaces before or after them and
 * refuses everything else: signs, tabs, inner spaces, a blank header.
 * @throws {RangeError} If an option is out of its range, or the header is to be
 * left-aligned and filled with zeros, which would be another number.
 *
 * @example A header of ten characters
 * ```ts
 * import { decimalHeader, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(decimalHeader({ digits: 10 }));
 * decoder.push(new TextEncoder().encode("5         hello"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "hello");
 * ```
 */
export function decimalHeader(options: DecimalHeaderOptions = {}): Framing {
  const { digits = 10, zero = false, align = zero ? "right" : "left" } =
    options;
  checkInteger("digits", digits, 1, 32);
  if (align !== "left" && align !== "right") {
    throw outOfRange("align", align, '"left" or "right"');
  }
  if (zero && align === "left") {
    throw new OptionRangeError({
      action: "fill a left-aligned header with zeros",
      reason: "it would be another number",
      advice: 'choose align "right"',
    });
  }
  return new DecimalHeaderFraming(digits, zero, align);
}

class DecimalHeaderFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly encodesAlike = true;
  readonly #width: number;
  readonly #zero: boolean;
  readonly #align: "left" | "right";

  constructor(width: number, zero: boolean, align: "left" | "right") {
    this.#width = width;
    this.#zero = zero;
    this.#align = align;
  }

  decoder(options: CodecOptions): Decoder {
    return new AnnouncedDecoder(
      new DecimalReader(this.#width),
      options.maxMessageBytes,
    );
  }

  encoder(options: CodecOptions): Encoder {
    return new DecimalHeaderEncoder(
      this.#width,
      (digits) =>
        this.#zero
          ? digits.padStart(this.#width, "0")
          : this.#align === "right"
          ? digits.padStart(this.#width)
          : digits.padEnd(this.#width),
      options.maxMessageBytes,
    );
  }

  explain(frame: Uint8Array): FramePart[] {
    const parts = new PartList(frame);
    const reader = new DecimalReader(this.#width);
    addAnnounced(
      parts,
      frame,
      reader,
      (header) => parts.add("length", header, `length ${reader.size}`),
    );
    return parts.finish();
  }

  toString(): string {
    return `header:${this.#width}` +
      (this.#zero ? ",zero" : this.#align === "right" ? ",right" : "");
  }
}

class DecimalReader implements HeaderReader {
  size: number | bigint = 0;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
  }

  read(queue: ReadableQueue): number {
    const width = this.#width;
    // Spaces, digits, spaces: where the digits begin and end, once they do.
    let from = -1;
    let to = -1;
    for (let at = 0; at < width; at++) {
      if (!queue.has(at + 1)) return 0;
      const byte = queue.byte(at);
      if (byte === SPACE) {
        if (from !== -1 && to === -1) to = at;
      } else if (!isDigit(byte) || to !== -1) {
        throw malformed(
          `its header of ${width} characters must be digits and spaces around them, and has ${
            nameOf(byte)
          } at position ${at + 1}`,
          evidence(queue, at + 1),
        );
      } else if (from === -1) from = at;
    }
    if (from === -1) {
      throw malformed(
        `its header of ${width} characters is blank instead of a number`,
        evidence(queue, width),
      );
    }
    this.size = readDigits(queue, from, to === -1 ? width : to);
    return width;
  }
}

class DecimalHeaderEncoder implements Encoder {
  readonly #width: number;
  readonly #format: (digits: string) => string;
  readonly #max: number;

  constructor(
    width: number,
    format: (digits: string) => string,
    maxMessageBytes: number,
  ) {
    this.#width = width;
    this.#format = format;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    const digits = String(size);
    if (digits.length > this.#width) {
      throw new SendSizeError({
        action: `send message of ${size} bytes`,
        reason: `the header has room for ${this.#width} digits`,
      });
    }
    sink.ascii(this.#format(digits));
    sink.payload(message);
  }
}
