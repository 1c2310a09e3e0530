/**
 * The output buffer: frames are appended, then written to the socket as few
 * large pieces.
 *
 * ```text
 *   append: header, small payload, header, LARGE PAYLOAD, header, ...
 *   pieces: [ header payload header ] [ LARGE PAYLOAD ] [ header ... ]
 * ```
 *
 * Each write is one system call (1 M/s alone, 30 M frames/s when joined), so
 * small payloads are copied together; a large one costs more to copy than to
 * write by itself, so it stays where it lies.
 *
 * @module
 */

import { outOfRange } from "../check.ts";
import { LargePayloads } from "./large_payloads.ts";

/**
 * Payloads above this many bytes are not copied but written from where they
 * lie. Up to there a copy is cheap and spares a write of its own; 1 MiB written so
 * is as fast as a loop by hand.
 */
export const COPY_LIMIT_BYTES: number = 128 * 1024;

const EMPTY = new Uint8Array(0);
// Nothing is added to it: most payloads are copied.
const NO_PAYLOADS = new LargePayloads();
const SMALLEST_BYTES = 1024;
// Up to here a buffer is a power of two: the next frames are mostly as long as the
// last ones and a little more.
const ROUNDED_BYTES = 256 * 1024;
// Up to here a loop beats the call of set() (9 ns and more).
const SMALL_COPY = 24;
// From here the platform's encoder beats a loop, by two for 150 characters.
const LONG_TEXT = 64;
const UTF8 = new TextEncoder();

/**
 * Collects outgoing bytes; an encoder appends, a writer takes the pieces.
 *
 * @example A frame
 * ```ts
 * import { ByteSink } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const sink = new ByteSink();
 * sink.ascii("2:");
 * sink.payload(Uint8Array.of(104, 105));
 * sink.byte(0x2c);
 * assertEquals(sink.pieces(), [Uint8Array.of(0x32, 0x3a, 104, 105, 0x2c)]);
 * ```
 */
export class ByteSink {
  #bytes: Uint8Array = EMPTY;
  #view: DataView = new DataView(EMPTY.buffer);
  // Length of #bytes: asking a typed array for it costs more than a field.
  #capacity = 0;
  #end = 0;
  // Payloads that were not copied.
  #large = NO_PAYLOADS;
  // The last view of #bytes that was written, and its length. Answers are often as long
  // as the last one, and a new view takes 50 ns.
  #copied: Uint8Array = EMPTY;
  #copiedEnd = 0;

  /** How many bytes were appended since the last {@linkcode ByteSink.clear}. */
  get length(): number {
    return this.#end + this.#large.bytes;
  }

  /** Size in bytes of the buffer that appended bytes are copied to. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Whether it holds payloads that were not copied. */
  get borrows(): boolean {
    return this.#large.bytes > 0;
  }

  /**
   * Appends one byte.
   *
   * @param value An integer from 0 to 255.
   * @throws {RangeError} If it is another value.
   */
  byte(value: number): void {
    if ((value & 0xff) !== value) {
      throw outOfRange("byte", value, "an integer from 0 to 255");
    }
    const at = this.#grow(1);
    this.#bytes[at] = value;
  }

  /**
   * Appends a 32-bit integer, big-endian.
   *
   * @param value An integer from 0 to 4,294,967,295.
   * @throws {RangeError} If it is another value.
   */
  uint32(value: number): void {
    if (value >>> 0 !== value) {
      throw outOfRange("uint32", value, "an integer from 0 to 4294967295");
    }
    const at = this.#grow(4);
    this.#view.setUint32(at, value);
  }

  /**
   * Appends bytes, always as a copy.
   *
   * @param bytes The bytes; the caller may reuse the array at once.
   */
  copy(bytes: Uint8Array): void {
    const size = bytes.length;
    const at = this.#grow(size);
    const to = this.#bytes;
    if (size <= SMALL_COPY) {
      for (let i = 0; i < size; i++) to[at + i] = bytes[i]!;
    } else {
      to.set(bytes, at);
    }
  }

  /**
   * Appends a message's bytes after their number as a 32-bit integer, big-endian, in
   * less time than the two calls take.
   *
   * @param bytes The payload, as for {@linkcode ByteSink.payload}.
   * @throws {RangeError} If it is longer than 4,294,967,295 bytes.
   */
  prefixed(bytes: Uint8Array): void {
    const size = bytes.length;
    if (size <= SMALL_COPY || size > COPY_LIMIT_BYTES) {
      this.uint32(size);
      return this.payload(bytes);
    }
    const at = this.#grow(4 + size);
    this.#view.setUint32(at, size);
    this.#bytes.set(bytes, at + 4);
  }

  /**
   * Appends messages as {@linkcode ByteSink.prefixed} does, in a third less time.
   *
   * @param messages The payloads.
   * @param from Index of the first one to append.
   * @param maxBytes Size in bytes of the longest one that is appended.
   * @param untilBytes Length of the sink at which to stop.
   * @returns Index of the first one that was not appended, as it is too long, the
   * sink is full, or there are no more. The first one is appended to a full sink.
   */
  prefixedAll(
    messages: readonly Uint8Array[],
    from: number,
    maxBytes: number,
    untilBytes: number,
  ): number {
    let next = from;
    do {
      const message = messages[next];
      if (message === undefined || message.length > maxBytes) break;
      // The first one, one that is not copied, or one that needs a larger buffer.
      this.prefixed(message);
      next = this.#fillPrefixed(messages, next + 1, maxBytes, untilBytes);
    } while (this.length < untilBytes);
    return next;
  }

  /** Appends messages that are copied, until one does not fit into the buffer. */
  #fillPrefixed(
    messages: readonly Uint8Array[],
    from: number,
    maxBytes: number,
    untilBytes: number,
  ): number {
    const most = Math.min(maxBytes, COPY_LIMIT_BYTES);
    const until = untilBytes - this.#large.bytes;
    const capacity = this.#capacity;
    const bytes = this.#bytes;
    const view = this.#view;
    let end = this.#end;
    let next = from;
    for (; next < messages.length && end < until; next++) {
      const message = messages[next]!;
      const size = message.length;
      if (size > most || end + 4 + size > capacity) break;
      view.setUint32(end, size);
      bytes.set(message, end + 4);
      end += 4 + size;
    }
    this.#end = end;
    return next;
  }

  /**
   * Appends characters below 256, a byte each, such as digits and header names.
   *
   * @param text ASCII text, or ISO 8859-1.
   */
  ascii(text: string): void {
    const size = text.length;
    const at = this.#grow(size);
    const to = this.#bytes;
    if (size > LONG_TEXT) {
      const { read } = UTF8.encodeInto(text, to.subarray(at, at + size));
      // There is no room for all if one of them needs two bytes in UTF-8.
      if (read === size) return;
    }
    for (let i = 0; i < size; i++) to[at + i] = text.charCodeAt(i);
  }

  /**
   * Appends a message's bytes: a copy up to {@linkcode COPY_LIMIT_BYTES}, a
   * reference above.
   *
   * @param bytes The payload; unchanged by the caller until it is written.
   * @param most The most bytes that are copied.
   */
  payload(bytes: Uint8Array, most: number = COPY_LIMIT_BYTES): void {
    if (bytes.length <= most) return this.copy(bytes);
    if (this.#large === NO_PAYLOADS) this.#large = new LargePayloads();
    this.#large.add(bytes, this.#end);
  }

  /** The bytes that were copied: all of them, unless the sink borrows some. */
  copied(): Uint8Array {
    if (this.#copiedEnd !== this.#end) {
      this.#copied = new Uint8Array(this.#bytes.buffer, 0, this.#end);
      this.#copiedEnd = this.#end;
    }
    return this.#copied;
  }

  /**
   * The bytes in order, as few pieces as possible.
   *
   * @returns Views and references, valid until {@linkcode ByteSink.clear}.
   */
  pieces(): Uint8Array[] {
    return this.#large.between(this.#bytes.subarray(0, this.#end));
  }

  /** Forgets everything and keeps the buffer for the next frames. */
  clear(): void {
    this.#end = 0;
    if (this.#large.bytes > 0) {
      this.#large.giveBack();
      this.#large = NO_PAYLOADS;
    }
  }

  /** Frees the buffer now, not when its garbage is collected; its pieces are empty then. */
  free(): void {
    this.clear();
    (this.#bytes.buffer as ArrayBuffer).transfer(0);
    this.#replace(new Uint8Array(0));
  }

  /**
   * Makes room for what is appended next in pieces, so that the buffer grows once.
   *
   * @param size How many bytes are going to be copied.
   */
  reserve(size: number): void {
    const end = this.#end + size;
    if (end <= this.#capacity) return;
    const wanted = Math.max(SMALLEST_BYTES, 2 * this.#capacity, end);
    const bigger = new Uint8Array(
      wanted > ROUNDED_BYTES ? wanted : 2 ** Math.ceil(Math.log2(wanted)),
    );
    bigger.set(this.#bytes.subarray(0, this.#end));
    this.#replace(bigger);
  }

  /** Makes room at the end and returns where it begins. */
  #grow(size: number): number {
    const at = this.#end;
    if (at + size > this.#capacity) this.reserve(size);
    this.#end = at + size;
    return at;
  }

  #replace(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
    this.#capacity = bytes.length;
    this.#copied = EMPTY;
    this.#copiedEnd = 0;
  }
}
