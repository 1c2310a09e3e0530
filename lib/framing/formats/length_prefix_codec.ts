/**
 * Decoder and encoder of messages after a binary length.
 *
 * @module
 */

import type { Hint } from "../../errors.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import { OptionRangeError } from "../../check.ts";
import { compact } from "../compact.ts";
import { encodeEach } from "../encode_batch.ts";
import type { Decoder, Encoder } from "../framing.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  tooLarge,
  truncated,
} from "../limits.ts";
import { LARGEST, type Layout, maskBytes } from "./length_layout.ts";

/** Reads frames of a layout. */
export class LengthPrefixDecoder implements Decoder {
  missingBytes = 0;
  readonly #max: number;
  readonly #bytes: number;
  readonly #little: boolean;
  readonly #offset: number;
  readonly #strip: number;
  readonly #tail: number;
  readonly #unit: number;
  /** The length's bits of each byte, or `undefined` if all bits are. */
  readonly #mask: Uint8Array | undefined;
  /** Bytes of the frame that are not the message's. */
  readonly #around: number;
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
    this.#tail = layout.tail;
    this.#unit = layout.unit;
    this.#mask = maskBytes(layout);
    this.#around = layout.strip + layout.tail;
    this.#header = layout.offset + layout.bytes;
    this.#extra = this.#header + layout.adjust + layout.tail;
    this.#plain = layout.bytes === 4 && !layout.littleEndian &&
      layout.offset === 0 && layout.unit === 1 && this.#mask === undefined;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const frame = this.#wholeFrame(queue);
    if (frame === -1) return undefined;
    const message = queue.take(frame - this.#around, this.#strip);
    if (this.#tail > 0) queue.skip(this.#tail);
    return message;
  }

  /** Size of the frame at the front, or -1 when more bytes are needed. */
  #wholeFrame(queue: ReadableQueue): number {
    if (!queue.has(this.#header)) {
      this.missingBytes = 0;
      return -1;
    }
    const value = this.#plain ? queue.uint32(0) : this.#read(queue);
    const frame = value + this.#extra;
    const size = frame - this.#around;
    if (
      size > this.#max || size < 0 || frame < this.#header + this.#tail
    ) {
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
    return frame - this.#around;
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

  waitHint(queue: ReadableQueue): Hint | undefined {
    const width = this.#bytes;
    if (width === 1 || !queue.has(this.#header)) return undefined;
    let other = 0;
    for (let i = 0; i < width; i++) {
      other = other * 256 + this.#digit(queue, width - 1 - i);
    }
    if (other + this.#extra !== queue.length) return undefined;
    return this.#little
      ? {
        text: `as big-endian ${other} fits exactly`,
        framing: `length:${width}`,
      }
      : {
        text: `as little-endian ${other} fits exactly`,
        framing: `length:${width},le`,
      };
  }

  #read(queue: ReadableQueue): number {
    let value = 0;
    for (let i = 0; i < this.#bytes; i++) {
      value = value * 256 + this.#digit(queue, i);
    }
    const size = value * this.#unit;
    if (size > LARGEST[8]) throw this.#tooLong(queue);
    return size;
  }

  /** The field's byte of that significance, the most significant one first. */
  #digit(queue: ReadableQueue, index: number): number {
    const at = this.#little ? this.#bytes - 1 - index : index;
    const byte = queue.byte(this.#offset + at);
    return this.#mask === undefined ? byte : byte & this.#mask[index]!;
  }

  #tooLong(queue: ReadableQueue): Error {
    let value = 0n;
    for (let i = 0; i < this.#bytes; i++) {
      value = value * 256n + BigInt(this.#digit(queue, i));
    }
    return tooLarge(
      value * BigInt(this.#unit),
      this.#max,
      evidence(queue, this.#header),
    );
  }

  #refusal(value: number, frame: number, queue: ReadableQueue): Error {
    const header = this.#header;
    const firstBytes = evidence(queue, header);
    if (frame < header + this.#tail) {
      return malformed(
        `a length of ${value} makes a frame of ${frame} bytes, shorter than its header of ${header}` +
          (this.#tail === 0 ? "" : ` and its tail of ${this.#tail}`),
        firstBytes,
      );
    }
    if (frame < this.#around) {
      return malformed(
        `a length of ${value} makes a frame of ${frame} bytes, of which ${this.#around} are to be stripped`,
        firstBytes,
      );
    }
    return tooLarge(frame - this.#around, this.#max, firstBytes);
  }
}

/** Writes frames of a layout. */
export class LengthPrefixEncoder implements Encoder {
  readonly #max: number;
  readonly #layout: Layout;
  readonly #plain: boolean;
  readonly #mask: Uint8Array | undefined;

  constructor(layout: Layout, maxMessageBytes: number) {
    this.#max = maxMessageBytes;
    this.#layout = layout;
    this.#mask = maskBytes(layout);
    this.#plain = layout.bytes === 4 && !layout.littleEndian &&
      layout.offset === 0 && layout.strip === 4 && layout.adjust === 0 &&
      layout.tail === 0 && layout.unit === 1 && this.#mask === undefined;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    const size = message.length;
    checkSendSize(size, this.#max);
    if (this.#plain && size <= LARGEST[4]) {
      sink.prefixed(message);
      return;
    }
    const { adjust, bytes, mask, offset, strip, tail, unit } = this.#layout;
    const header = offset + bytes;
    const kept = Math.max(0, header - strip);
    if (size < kept) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason: `it must begin with the last ${kept} bytes of the header`,
      });
    }
    const counted = strip + size - header - adjust;
    if (counted % unit !== 0) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason:
          `its length counts ${unit} bytes as one, and ${counted} is not a multiple of it`,
      });
    }
    const value = counted / unit;
    if (value < 0 || value > mask) {
      throw new OptionRangeError({
        action: `send message of ${size} bytes`,
        reason:
          `its length would be ${value}, and the ${bytes}-byte field holds 0 to ${mask}`,
      });
    }
    if (strip === header) {
      for (let i = 0; i < offset; i++) sink.byte(0);
      for (let i = 0; i < bytes; i++) sink.byte(this.#fieldByte(value, i));
    } else {
      sink.copy(this.#head(message, value, kept));
    }
    sink.payload(kept === 0 ? message : message.subarray(kept));
    for (let i = 0; i < tail; i++) sink.byte(0);
  }

  encodeBatch(
    messages: readonly Uint8Array[],
    from: number,
    sink: ByteSink,
    untilBytes: number,
  ): number {
    const most = Math.min(this.#max, LARGEST[4]);
    if (!this.#plain || messages[from]!.length > most) {
      return encodeEach(this, messages, from, sink, untilBytes);
    }
    return sink.prefixedAll(messages, from, most, untilBytes);
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
      // Bits of the field that are not the length are the message's own.
      const at = strip + i;
      head[at]! |= message[i]! & ~this.#maskAt(at - offset);
      if (message[i] === head[at]) continue;
      throw new OptionRangeError({
        action:
          `send message of ${message.length} bytes whose own length field does not say ${value}`,
        reason: `its byte ${i} is ${message[i]} and must be ${head[at]}`,
      });
    }
    return head;
  }

  /** The byte of the length field at a position. */
  #fieldByte(value: number, index: number): number {
    const { bytes, littleEndian } = this.#layout;
    const shift = littleEndian ? index : bytes - 1 - index;
    return Math.floor(value / 256 ** shift) % 256;
  }

  /** The length's bits of the byte of the field at a position. */
  #maskAt(index: number): number {
    const { bytes, littleEndian } = this.#layout;
    if (this.#mask === undefined || index < 0 || index >= bytes) return 0xff;
    return this.#mask[littleEndian ? bytes - 1 - index : index]!;
  }
}
