/**
 * Messages that follow their length as a binary integer.
 *
 * ```text
 * length:4          00 00 00 05  h e l l o
 * length:2,le       05 00        h e l l o
 * length:2,inclusive      00 07  h e l l o
 * length:3,offset=2   CA FE 00 00 05  h e l l o      (the first five are stripped)
 * length:2,unit=4     00 02  8 bytes                 (a length in words of 4)
 * length:2,mask=0x0fff    40 05  h e l l o           (the upper bits are flags)
 * length:1,tail=2     05  h e l l o  xx xx           (two bytes not counted, dropped)
 * ```
 *
 * The four numbers of Netty's `LengthFieldBasedFrameDecoder` mean the same
 * here: a frame has `offset + bytes + length + adjust` bytes, of which the
 * first `strip` are dropped and the rest is the message. By default the header
 * is dropped whole: `strip = offset + bytes`.
 *
 * @module
 */

import type { FramePart } from "../explain/frame_part.ts";
import { lengthParts } from "./length_parts.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import { LARGEST, type Layout, type LengthBytes } from "./length_layout.ts";
import { LengthPrefixDecoder } from "./length_prefix_decoder.ts";
import { LengthPrefixEncoder } from "./length_prefix_encoder.ts";
import { checkInteger, outOfRange } from "../../check.ts";

export type { LengthBytes };

/** Options for {@linkcode lengthPrefix}. */
export interface LengthPrefixOptions {
  /**
   * Added to the field's value to get the number of bytes after the field.
   *
   * @default {0}
   */
  readonly adjust?: number;
  /**
   * Size of the length field in bytes.
   *
   * @default {4}
   */
  readonly bytes?: LengthBytes;
  /**
   * Whether the length counts its own bytes too; the same as an `adjust` of
   * `-(offset + bytes)`.
   *
   * @default {false}
   */
  readonly inclusive?: boolean;
  /**
   * Whether the least significant byte comes first.
   *
   * @default {false}
   */
  readonly littleEndian?: boolean;
  /**
   * Which bits of the field are the length, all below one place: `0x7fff`. The
   * others are flags. They are dropped and sent as zero, or are the message's own
   * if `strip` keeps them.
   *
   * @default {all bits of the field}
   */
  readonly mask?: number;
  /**
   * How many bytes come before the length field. Bytes that are stripped are
   * sent as zero; others are the first bytes of the message.
   *
   * @default {0}
   */
  readonly offset?: number;
  /**
   * How many bytes are dropped from the front of the frame. If that does not
   * cover the length field, the field is part of the message. When sending, a
   * message whose field disagrees with its length is refused.
   *
   * @default {offset + bytes}
   */
  readonly strip?: number;
  /**
   * How many bytes follow the message that the length does not count, such as a
   * checksum. They are dropped without being looked at, and sent as zero.
   *
   * @default {0}
   */
  readonly tail?: number;
  /**
   * How many bytes the length counts as one, 1 to 8192: 4 for a length in words
   * of 32 bits. A message of another size is refused when sending.
   *
   * @default {1}
   */
  readonly unit?: number;
}

// Far beyond every known header, and small enough to allocate for every peer.
const FARTHEST = 8192;

/**
 * Makes the framing of messages that follow their length as a binary integer.
 *
 * @param options Size, byte order and position of the length field.
 * @returns The framing.
 * @throws {RangeError} If an option is out of its range.
 *
 * @example Four bytes, big-endian
 * ```ts
 * import { FrameDecoder, lengthPrefix } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(lengthPrefix({ bytes: 4 }));
 * decoder.push(Uint8Array.of(0, 0, 0, 2, 104, 105));
 * assertEquals(decoder.next(), Uint8Array.of(104, 105));
 * ```
 */
export function lengthPrefix(options: LengthPrefixOptions = {}): Framing {
  const {
    adjust = 0,
    bytes = 4,
    inclusive = false,
    littleEndian = false,
    offset = 0,
    tail = 0,
    unit = 1,
  } = options;
  checkInteger("bytes", bytes, 1, 8);
  const { mask = LARGEST[bytes] } = options;
  checkInteger("mask", mask, 1, LARGEST[bytes]);
  // Other masks leave gaps, so that not every length could be written.
  if (!Number.isInteger(Math.log2(mask + 1))) {
    throw outOfRange("mask", mask, "one less than a power of two, as 0x7fff");
  }
  checkInteger("tail", tail, 0, FARTHEST);
  checkInteger("unit", unit, 1, FARTHEST);
  checkInteger("offset", offset, 0, FARTHEST);
  const { strip = offset + bytes } = options;
  checkInteger("strip", strip, 0, FARTHEST);
  const total = inclusive ? adjust - offset - bytes : adjust;
  checkInteger("adjust", total, -FARTHEST, FARTHEST);
  return new LengthPrefixFraming({
    adjust: total,
    bytes,
    littleEndian,
    mask,
    offset,
    strip,
    tail,
    unit,
  });
}

class LengthPrefixFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly encodesAlike = true;
  readonly #layout: Layout;

  constructor(layout: Layout) {
    this.#layout = layout;
  }

  decoder(options: CodecOptions): Decoder {
    return new LengthPrefixDecoder(this.#layout, options.maxMessageBytes);
  }

  encoder(options: CodecOptions): Encoder {
    return new LengthPrefixEncoder(this.#layout, options.maxMessageBytes);
  }

  explain(frame: Uint8Array): FramePart[] {
    return lengthParts(this.#layout, frame);
  }

  toString(): string {
    const { adjust, bytes, littleEndian, mask, offset, strip, tail, unit } =
      this.#layout;
    const inclusive = adjust === -(offset + bytes);
    return `length:${bytes}` + (littleEndian ? ",le" : "") +
      (inclusive ? ",inclusive" : "") +
      (offset === 0 ? "" : `,offset=${offset}`) +
      (adjust === 0 || inclusive ? "" : `,adjust=${adjust}`) +
      (strip === offset + bytes ? "" : `,strip=${strip}`) +
      (mask === LARGEST[bytes] ? "" : `,mask=0x${mask.toString(16)}`) +
      (unit === 1 ? "" : `,unit=${unit}`) + (tail === 0 ? "" : `,tail=${tail}`);
  }
}
