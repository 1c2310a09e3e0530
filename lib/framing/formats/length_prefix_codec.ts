/**
 * Decoder and encoder of messages after a binary length.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { compact } from "../compact.ts";
import type { Decoder, Encoder } from "../framing.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  tooLarge,
  truncated,
} from "../limits.ts";

/** How many bytes a length field may have. */
export type LengthBytes = 1 | 2 | 3 | 4 | 8;

/** The options with every default filled in; all in bytes. */
export interface Layout {
  readonly adjust: number;
  readonly bytes: LengthBytes;
  readonly littleEndian: boolean;
  readonly offset: number;
  readonly strip: number;
}

/**
 * The largest value each field can hold. Eight bytes stop where JavaScript's
 * integers stop being exact: a rounded length would desynchronise the stream.
 */
export const LARGEST: Readonly<Record<LengthBytes, number>> = {
  1: 0xff,
  2: 0xffff,
  3: 0xffffff,
  4: 0xffffffff,
  8: Number.MAX_SAFE_INTEGER,
};

/** Reads frames of a layout. */
export class LengthPrefixDecoder implements Decoder {
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

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const frame = this.#wholeFrame(queue);
    return frame === -1
      ? undefined
      : queue.take(frame - this.#strip, this.#strip);
  }

  /** Size of the frame at the front, or -1 when more bytes are needed. */
  #wholeFrame(queue: ReadableQueue): number {
    if (!queue.has(this.#header)) {
      this.missingBytes = 0;
      return -1;
    }
    const value = this.#plain ? queue.uint32(0) : this.#read(queue);
    const frame = value + this.#extra;
    const size = frame - this.#strip;
    if (size > this.#max || size < 0 || frame < this.#header) {
      throw this.#refusal(value, frame, queue);
    }
    if (!queue.has(frame)) {
      this.missingBytes = frame - queue.length;
      return -1;
    }
    return frame;
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    for (let i = 0; i < most; i++) {
      const message = this.decode(queue);
      if (message === undefined) return;
      into.push(compact(message, this.#header + message.length));
    }
  }

  skip(queue: ReadableQueue): number {
    const frame = this.#wholeFrame(queue);
    if (frame === -1) return -1;
    queue.skip(frame);
    return frame - this.#strip;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      length < this.#header
        ? `the stream ended after ${length} of ${this.#header} header bytes`
        : `the stream ended after ${length - this.#header} of the ${
          length - this.#header + this.missingBytes
        } bytes that the header announced`,
      this.waitHint(queue),
    );
  }

  waitHint(queue: ReadableQueue): string | undefined {
    const width = this.#bytes;
    if (width === 1 || !queue.has(this.#header)) return undefined;
    let other = 0;
    for (let i = 0; i < width; i++) {
      other = other * 256 + this.#digit(queue, width - 1 - i);
    }
    if (other + this.#extra !== queue.length) return undefined;
    return this.#little
      ? `as big-endian ${other} fits exactly: try length:${width}`
      : `as little-endian ${other} fits exactly: try length:${width},le`;
  }

  #read(queue: ReadableQueue): number {
    let value = 0;
    for (let i = 0; i < this.#bytes; i++) {
      value = value * 256 + this.#digit(queue, i);
    }
    if (value > LARGEST[8]) throw this.#tooLong(queue);
    return value;
  }

  /** The field's byte of that significance, the most significant one first. */
  #digit(queue: ReadableQueue, index: number): number {
    const at = this.#little ? this.#bytes - 1 - index : index;
    return queue.byte(this.#offset + at);
  }

  #tooLong(queue: ReadableQueue): Error {
    let value = 0n;
    for (let i = 0; i < this.#bytes; i++) {
      value = value * 256n + BigInt(this.#digit(queue, i));
    }
    return tooLarge(value, this.#max, evidence(queue, this.#header));
  }

  #refusal(value: number, frame: number, queue: ReadableQueue): Error {
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

/** Writes frames of a layout. */
export class LengthPrefixEncoder implements Encoder {
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
    if (strip === header) {
      for (let i = 0; i < offset; i++) sink.byte(0);
      for (let i = 0; i < bytes; i++) sink.byte(this.#fieldByte(value, i));
    } else {
      sink.copy(this.#head(message, value, kept));
    }
    sink.payload(kept === 0 ? message : message.subarray(kept));
  }

  /** What comes before the rest of the message, if part of it is the message's. */
  #head(message: Uint8Array, value: number, kept: number): Uint8Array {
    const { bytes, offset, strip } = this.#layout;
    // The stripped bytes are zero, the kept ones the message's own; over both
    // lies the length field.
    const head = new Uint8Array(Math.max(offset + bytes, strip));
    head.set(message.subarray(0, kept), strip);
    for (let i = 0; i < bytes; i++) {
      head[offset + i] = this.#fieldByte(value, i);
    }
    for (let i = 0; i < kept; i++) {
      if (message[i] === head[strip + i]) continue;
      throw new RangeError(
        `Cannot send message of ${message.length} bytes whose own length field does not say ${value}: its byte ${i} is ${
          message[i]
        } and must be ${head[strip + i]}`,
      );
    }
    return head;
  }

  /** The byte of the length field at a position. */
  #fieldByte(value: number, index: number): number {
    const { bytes, littleEndian } = this.#layout;
    const shift = littleEndian ? index : bytes - 1 - index;
    return Math.floor(value / 256 ** shift) % 256;
  }
}
