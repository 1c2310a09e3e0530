/**
 * Messages that follow their length as a binary integer.
 *
 * ```text
 * length:4          00 00 00 05  h e l l o
 * length:2,le       05 00        h e l l o
 * length:2,inclusive      00 07  h e l l o
 * length:3,offset=2   CA FE 00 00 05  h e l l o      (the first five are stripped)
 * ```
 *
 * The four numbers of Netty's `LengthFieldBasedFrameDecoder` mean the same here:
 * a frame has `offset + bytes + length + adjust` bytes, of which the first
 * `strip` are dropped and the rest is the message. By default the header is
 * dropped whole: `strip = offset + bytes`.
 *
 * @module
 */

import type { ByteQueue } from "../bytes/byte_queue.ts";
import type { ByteSink } from "../bytes/byte_sink.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "./framing.ts";
import {
  checkInteger,
  checkSendSize,
  evidence,
  malformed,
  tooLarge,
  truncated,
} from "./limits.ts";

/** How many bytes a length field may have. */
export type LengthBytes = 1 | 2 | 3 | 4 | 8;

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
   * How many bytes come before the length field. Those that are stripped are
   * sent as zero; those that are not are the message's own first bytes.
   *
   * @default {0}
   */
  readonly offset?: number;
  /**
   * How many bytes are dropped from the front of the frame. If it does not cover
   * the length field, the field is part of the message, and a message whose
   * field holds another length than its own is refused when sending.
   *
   * @default {offset + bytes}
   */
  readonly strip?: number;
}

/** The options with every default filled in; all in bytes. */
interface Layout {
  readonly adjust: number;
  readonly bytes: LengthBytes;
  readonly littleEndian: boolean;
  readonly offset: number;
  readonly strip: number;
}

// The largest value each field can hold. Eight bytes stop where JavaScript's
// integers stop being exact: a rounded length would desynchronise the stream.
const LARGEST: Readonly<Record<LengthBytes, number>> = {
  1: 0xff,
  2: 0xffff,
  3: 0xffffff,
  4: 0xffffffff,
  8: Number.MAX_SAFE_INTEGER,
};

// Far beyond every known header, and small enough to be reserved by anybody.
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
  } = options;
  if (!(bytes in LARGEST)) {
    throw new RangeError(
      `Cannot use a length field of ${bytes} bytes: it must be 1, 2, 3, 4 or 8`,
    );
  }
  checkInteger("length", "offset", offset, 0, FARTHEST);
  const { strip = offset + bytes } = options;
  checkInteger("length", "strip", strip, 0, FARTHEST);
  const total = inclusive ? adjust - offset - bytes : adjust;
  checkInteger("length", "adjust", total, -FARTHEST, FARTHEST);
  return new LengthPrefixFraming({
    adjust: total,
    bytes,
    littleEndian,
    offset,
    strip,
  });
}

class LengthPrefixFraming implements Framing {
  readonly boundary: Boundary = "frame";
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

  toString(): string {
    const { adjust, bytes, littleEndian, offset, strip } = this.#layout;
    const inclusive = adjust === -(offset + bytes);
    return `length:${bytes}` + (littleEndian ? ",le" : "") +
      (inclusive ? ",inclusive" : "") +
      (offset === 0 ? "" : `,offset=${offset}`) +
      (adjust === 0 || inclusive ? "" : `,adjust=${adjust}`) +
      (strip === offset + bytes ? "" : `,strip=${strip}`);
  }
}

class LengthPrefixDecoder implements Decoder {
  missingBytes = 0;
  readonly #max: number;
  readonly #bytes: LengthBytes;
  readonly #little: boolean;
  readonly #offset: number;
  readonly #strip: number;
  /** Bytes up to and including the length field. */
  readonly #header: number;
  /** What to add to the field's value to get the size of the whole frame. */
  readonly #extra: number;
  /** Whether the field is four bytes, big-endian, at the front. */
  readonly #plain: boolean;

  constructor(layout: Layout, maxMessageBytes: number) {
    this.#max = maxMessageBytes;
    this.#bytes = layout.bytes;
    this.#little = layout.littleEndian;
    this.#offset = layout.offset;
    this.#strip = layout.strip;
    this.#header = layout.offset + layout.bytes;
    this.#extra = this.#header + layout.adjust;
    this.#plain = layout.bytes === 4 && !layout.littleEndian &&
      layout.offset === 0;
  }

  decode(queue: ByteQueue): Uint8Array | undefined {
    if (!queue.has(this.#header)) {
      this.missingBytes = 0;
      return undefined;
    }
    const value = this.#plain ? queue.uint32(0) : this.#read(queue);
    const frame = value + this.#extra;
    const size = frame - this.#strip;
    if (size > this.#max || size < 0 || frame < this.#header) {
      throw this.#refusal(value, frame, queue);
    }
    if (!queue.has(frame)) {
      this.missingBytes = frame - queue.length;
      return undefined;
    }
    return queue.take(size, this.#strip);
  }

  decodeEnd(queue: ByteQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      length < this.#header
        ? `the stream ended after ${length} of ${this.#header} header bytes`
        : `the stream ended after ${length - this.#header} of the ${
          length - this.#header + this.missingBytes
        } bytes that the header announced`,
    );
  }

  #read(queue: ByteQueue): number {
    let value = 0;
    for (let i = 0; i < this.#bytes; i++) {
      value = value * 256 + this.#digit(queue, i);
    }
    if (value > LARGEST[8]) throw this.#tooLong(queue);
    return value;
  }

  /** The field's byte of that significance, the most significant one first. */
  #digit(queue: ByteQueue, index: number): number {
    const at = this.#little ? this.#bytes - 1 - index : index;
    return queue.byte(this.#offset + at);
  }

  #tooLong(queue: ByteQueue): Error {
    let value = 0n;
    for (let i = 0; i < this.#bytes; i++) {
      value = value * 256n + BigInt(this.#digit(queue, i));
    }
    return tooLarge(value, this.#max, evidence(queue, this.#header));
  }

  #refusal(value: number, frame: number, queue: ByteQueue): Error {
    const header = this.#header;
    const firstBytes = evidence(queue, header);
    if (frame < header) {
      return malformed(
        `a length of ${value} makes a frame of ${frame} bytes, shorter than its header of ${header}`,
        firstBytes,
      );
    }
    if (frame < this.#strip) {
      return malformed(
        `a length of ${value} makes a frame of ${frame} bytes, of which ${this.#strip} are to be stripped`,
        firstBytes,
      );
    }
    return tooLarge(frame - this.#strip, this.#max, firstBytes);
  }
}

class LengthPrefixEncoder implements Encoder {
  readonly #max: number;
  readonly #layout: Layout;
  readonly #plain: boolean;

  constructor(layout: Layout, maxMessageBytes: number) {
    this.#max = maxMessageBytes;
    this.#layout = layout;
    this.#plain = layout.bytes === 4 && !layout.littleEndian &&
      layout.offset === 0 && layout.strip === 4 && layout.adjust === 0;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    if (this.#plain && size <= LARGEST[4]) {
      sink.uint32(size);
      sink.payload(message);
      return;
    }
    const { adjust, bytes, offset, strip } = this.#layout;
    const header = offset + bytes;
    const kept = Math.max(0, header - strip);
    if (size < kept) {
      throw new RangeError(
        `Cannot send message of ${size} bytes: it must begin with the last ${kept} bytes of the header`,
      );
    }
    const value = strip + size - header - adjust;
    if (value < 0 || value > LARGEST[bytes]) {
      throw new RangeError(
        `Cannot send message of ${size} bytes: its length would be ${value}, and the ${bytes}-byte field holds 0 to ${
          LARGEST[bytes]
        }`,
      );
    }
    // The stripped bytes are zero, the kept ones the message's own; over both
    // lies the length field.
    const head = new Uint8Array(Math.max(header, strip));
    head.set(message.subarray(0, kept), strip);
    const given = head.slice(strip);
    let rest = value;
    for (let i = 0; i < bytes; i++) {
      const at = this.#layout.littleEndian ? i : bytes - 1 - i;
      head[offset + at] = rest % 256;
      rest = Math.floor(rest / 256);
    }
    for (let i = 0; i < kept; i++) {
      if (given[i] === head[strip + i]) continue;
      throw new RangeError(
        `Cannot send message of ${size} bytes whose own length field does not say ${value}: its byte ${i} is ${
          given[i]
        } and must be ${head[strip + i]}`,
      );
    }
    sink.copy(head);
    sink.payload(kept === 0 ? message : message.subarray(kept));
  }
}
