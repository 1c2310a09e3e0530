/**
 * Decoder of messages after a binary length.
 *
 * @module
 */

import type { Hint } from "../../errors.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { compact } from "../compact.ts";
import type { Decoder } from "../framing.ts";
import { evidence, malformed, tooLarge, truncated } from "../limits.ts";
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
  /** Whether the rest of a plain frame is the message. */
  readonly #isBare: boolean;

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
    this.#isBare = this.#plain && this.#around === 4 && this.#extra === 4;
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
    const frame = this.#frameOf(value);
    if (frame === -1) throw this.#refusal(value, queue);
    if (!queue.has(frame)) {
      this.missingBytes = frame - queue.length;
      return -1;
    }
    return frame;
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    let before = -1;
    for (let i = 0; i < most; i++) {
      const message = this.decode(queue);
      if (message === undefined) return;
      const { length } = message;
      into.push(compact(message, this.#header + length));
      if (length === before && this.#isBare) {
        i += this.#decodeAlike(queue, into, length, most - i - 1);
      }
      before = length;
    }
  }

  /** Takes the messages here that are as long as the one before; says how many. */
  #decodeAlike(
    queue: ReadableQueue,
    into: Uint8Array[],
    size: number,
    most: number,
  ): number {
    const frame = size + 4;
    let i = 0;
    for (; i < most && queue.has(frame) && queue.uint32(0) === size; i++) {
      into.push(queue.take(size, 4));
    }
    return i;
  }

  skip(queue: ReadableQueue): number {
    const frame = this.#wholeFrame(queue);
    if (frame === -1) return -1;
    queue.skip(frame);
    return frame - this.#around;
  }

  /** Follows the lengths of a whole read, 2 ns a message, where each is plain. */
  skipBatch(queue: ReadableQueue, most: number): number {
    // The first one may be refused, or lie in two buffers.
    if (this.skip(queue) === -1) return 0;
    if (!this.#plain || !queue.has(4)) return 1;
    const length = queue.gather();
    let value = queue.uint32(0);
    let frame = this.#frameOf(value);
    let count = 1;
    let at = 0;
    for (; count < most && at + 4 <= length; count++) {
      const next = queue.uint32(at);
      // Most are as long as the one before. Then the processor need not wait for this
      // length, which takes 10 ns from memory, before it asks for the next one.
      if (next !== value) {
        value = next;
        frame = this.#frameOf(next);
      }
      // Whatever is special about the next one, the next call finds it.
      if (frame === -1 || at + frame > length) break;
      at += frame;
    }
    queue.skip(at);
    return count;
  }

  /** The size of the frame with such a length, or -1 if that is refused. */
  #frameOf(value: number): number {
    const frame = value + this.#extra;
    const size = frame - this.#around;
    return size > this.#max || size < 0 || frame < this.#header + this.#tail
      ? -1
      : frame;
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

  #refusal(value: number, queue: ReadableQueue): Error {
    const frame = value + this.#extra;
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
