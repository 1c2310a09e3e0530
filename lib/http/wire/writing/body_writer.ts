/**
 * Writes a body, and checks that it has the length that the head announced.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../../../check.ts";
import type { ByteSink } from "../../../bytes/byte_sink.ts";
import type { BodyLength } from "../body_length.ts";
import type { HeaderField } from "../events.ts";
import { checkHeaders } from "./head_writer.ts";

// What is copied is held twice until it is written. To copy more than this pays
// only where it saves a write: a whole body behind its head, or the size of a chunk.
// Of a thousand downloads that are stuck in their first chunk, copies were 128 MB.
const MOST_COPIED_BYTES = 32 * 1024;

/** Writes the body of one message. */
export class BodyWriter {
  readonly #length: BodyLength;
  #written = 0;

  /**
   * Begins a body.
   *
   * @param length Its length by the head.
   */
  constructor(length: BodyLength) {
    this.#length = length;
  }

  /**
   * Writes a part of the body.
   *
   * @param bytes The part; an empty one writes nothing, since an empty chunk
   * would be the end.
   * @param sink Takes the bytes.
   * @throws {RangeError} If the body would be longer than announced.
   */
  data(bytes: Uint8Array, sink: ByteSink): void {
    const length = this.#length;
    this.#count(bytes.length);
    if (bytes.length === 0) return;
    if (length === "chunked") {
      sink.ascii(`${bytes.length.toString(16)}\r\n`);
      sink.payload(bytes);
      sink.ascii("\r\n");
    } else if (bytes.length === length && sink.length > 0) {
      // All of the body, behind its head.
      sink.payload(bytes);
    } else {
      sink.payload(bytes, MOST_COPIED_BYTES);
    }
  }

  /**
   * Counts bytes of the body that do not go through a sink.
   *
   * @throws {RangeError} If the body would be longer than announced.
   * @throws {TypeError} If the body is chunked.
   */
  passed(count: number): void {
    if (this.#length === "chunked") {
      throw new OptionTypeError({
        action: "send a part of a chunked body",
        reason: "what is not in chunks needs a content-length",
      });
    }
    this.#count(count);
  }

  /**
   * Writes the end of the body.
   *
   * @param trailers Fields after the body.
   * @param sink Takes the bytes.
   * @throws {RangeError} If the body is shorter than announced.
   * @throws {TypeError} If a trailer is invalid, or the body is not chunked.
   */
  end(trailers: readonly HeaderField[], sink: ByteSink): void {
    const length = this.#length;
    if (typeof length === "number" && this.#written < length) {
      throw new OptionRangeError({
        action: `end the body after ${this.#written} bytes`,
        reason: `the head announces ${length}`,
      });
    }
    if (length !== "chunked") {
      if (trailers.length === 0) return;
      throw new OptionTypeError({
        action: "send trailers",
        reason: "the body is not chunked",
      });
    }
    checkHeaders(trailers);
    let lines = "";
    for (const [name, value] of trailers) {
      lines += `${name}: ${value}\r\n`;
      if (!/^(?:content-length|host|transfer-encoding)$/i.test(name)) continue;
      throw new OptionTypeError({
        action: `send ${name} as a trailer`,
        reason: "it says where the message ends, or where it goes",
      });
    }
    sink.ascii(`0\r\n${lines}\r\n`);
  }

  #count(more: number): void {
    const written = this.#written + more;
    const length = this.#length;
    if (typeof length === "number" && written > length) {
      throw new OptionRangeError({
        action: `send ${written} bytes of body`,
        reason: `the head announces ${length}`,
      });
    }
    this.#written = written;
  }
}
