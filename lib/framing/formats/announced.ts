/**
 * The common part of framings whose header gives the message's size in a
 * variable form: decimal digits, a varint, a block of header lines.
 *
 * ```text
 *   header        message          trailer (if any)
 *   read once     size bytes       one byte, verified
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { PartList } from "../explain/part_list.ts";
import { type Hint, ProtocolError } from "../../errors.ts";
import type { Decoder } from "../framing.ts";
import { evidence, malformed, nameOf, tooLarge, truncated } from "../limits.ts";

/**
 * Reads the header of one format. It decides at the first byte that is wrong,
 * so that the decision does not depend on how many bytes follow it.
 */
export interface HeaderReader {
  /**
   * The announced size in bytes, once a header was read; a `bigint` above
   * 2^53 - 1, where a number would be rounded.
   */
  readonly size: number | bigint;

  /**
   * Reads the header at the front without taking it.
   *
   * @param queue The bytes, beginning with a frame's first.
   * @returns How many bytes the header has, or 0 when more are needed.
   * @throws {ProtocolError} If the header is malformed.
   */
  read(queue: ReadableQueue): number;
}

/**
 * Adds the parts of a frame whose header announces its payload.
 *
 * @param reader Reads the header.
 * @param addHeader Adds the parts of the header, of which it gets the size.
 */
export function addAnnounced(
  parts: PartList,
  frame: Uint8Array,
  reader: HeaderReader,
  addHeader: (header: number) => void,
): void {
  const header = headerOf(reader, frame);
  if (header === undefined) return;
  if (header === 0) {
    parts.add("header", frame.length, "header, cut off");
    return;
  }
  addHeader(header);
  parts.add("payload", Number(reader.size));
}

/** Size of the header, 0 if it is cut off, or `undefined` if it is malformed. */
function headerOf(
  reader: HeaderReader,
  frame: Uint8Array,
): number | undefined {
  const queue = new ByteQueue();
  queue.push(frame);
  try {
    return reader.read(queue);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

/** Decodes messages whose size a header announces. */
export class AnnouncedDecoder implements Decoder {
  missingBytes = 0;
  readonly #reader: HeaderReader;
  readonly #max: number;
  readonly #trailer: number | undefined;
  // Size of the header that was read and whose message is awaited, or 0.
  #header = 0;
  #size = 0;
  // The last four bytes of the frame before, where a wrong length shows.
  #before = 0;
  #hasBefore = false;

  /**
   * Creates a decoder.
   *
   * @param reader Reads the headers.
   * @param maxMessageBytes The limit in bytes, inclusive.
   * @param trailer The byte that must follow each message, if there is one.
   */
  constructor(reader: HeaderReader, maxMessageBytes: number, trailer?: number) {
    this.#reader = reader;
    this.#max = maxMessageBytes;
    this.#trailer = trailer;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const frame = this.#wholeFrame(queue);
    if (frame === -1) return undefined;
    this.#noteEnd(queue, frame);
    const message = queue.take(this.#size, this.#header);
    this.#header = 0;
    if (this.#trailer !== undefined) queue.skip(1);
    return message;
  }

  skip(queue: ReadableQueue): number {
    const frame = this.#wholeFrame(queue);
    if (frame === -1) return -1;
    this.#noteEnd(queue, frame);
    queue.skip(frame);
    this.#header = 0;
    return this.#size;
  }

  waitHint(): Hint | undefined {
    return this.missingBytes === 1 && this.#header > 0
      ? { text: "is the announced length one too large?" }
      : undefined;
  }

  /** Notes the end of the frame in front. A number, as it costs the least. */
  #noteEnd(queue: ReadableQueue, frame: number): void {
    this.#hasBefore = frame >= 4;
    if (this.#hasBefore) this.#before = queue.uint32(frame - 4);
  }

  /** Size of the frame at the front, or -1 when more bytes are needed. */
  #wholeFrame(queue: ReadableQueue): number {
    if (this.#header === 0 && !this.#readHeader(queue)) return -1;
    const size = this.#size;
    const trailer = this.#trailer;
    const frame = this.#header + size + (trailer === undefined ? 0 : 1);
    if (!queue.has(frame)) {
      this.missingBytes = frame - queue.length;
      return -1;
    }
    if (trailer !== undefined && queue.byte(frame - 1) !== trailer) {
      throw malformed(
        `its ${size} bytes must be followed by ${nameOf(trailer)}, not by ${
          nameOf(queue.byte(frame - 1))
        }`,
        evidence(queue, frame),
      );
    }
    return frame;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    if (this.#header === 0) {
      throw truncated(
        `the stream ended inside the header, after ${length} bytes`,
      );
    }
    const size = this.#size;
    const got = length - this.#header;
    throw truncated(
      got < size || this.#trailer === undefined
        ? `the stream ended after ${got} of the ${size} bytes that the header announced`
        : `the stream ended before the ${
          nameOf(this.#trailer)
        } that ends the message`,
    );
  }

  /** Reads the header; an error shows the bytes before it, as they may be its. */
  #read(queue: ReadableQueue): number {
    try {
      return this.#reader.read(queue);
    } catch (error) {
      if (!(error instanceof ProtocolError) || !this.#hasBefore) throw error;
      const { action, code, details, framing, option, reason } = error;
      const bytesBefore = new Uint8Array(4);
      new DataView(bytesBefore.buffer).setUint32(0, this.#before);
      throw new ProtocolError(code, { action, framing, option, reason }, {
        hint: "is the length before it wrong?",
        ...details,
        bytesBefore,
      });
    }
  }

  #readHeader(queue: ReadableQueue): boolean {
    this.missingBytes = 0;
    const header = this.#read(queue);
    if (header === 0) return false;
    const { size } = this.#reader;
    if (typeof size === "bigint" || size > this.#max) {
      throw tooLarge(size, this.#max, evidence(queue, header));
    }
    this.#header = header;
    this.#size = size;
    return true;
  }
}
