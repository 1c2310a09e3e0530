/**
 * Messages that end with a line feed.
 *
 * ```text
 * line          h e l l o LF       w o r l d LF
 * line,crlf     h e l l o CR LF    w o r l d CR LF
 * ```
 *
 * Both read both: a line ends with LF, and one CR right before it belongs to
 * the end. Any other CR is data.
 *
 * @module
 */

import { OptionRangeError } from "../../check.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { FramePart } from "../explain/frame_part.ts";
import { PartList } from "../explain/part_list.ts";
import type {
  Boundary,
  CodecOptions,
  Decoder,
  Encoder,
  Framing,
} from "../framing.ts";
import { checkSendSize, evidence, tooLarge, truncated } from "../limits.ts";
import { dropThrough } from "./resync.ts";

/** Options for {@linkcode line}. */
export interface LineOptions {
  /**
   * Whether lines are sent with CR LF instead of LF. Reading accepts both.
   *
   * @default {false}
   */
  readonly crlf?: boolean;
  /**
   * Whether the end of the stream ends the last line as well. Otherwise a last
   * line without its end is `truncated`.
   *
   * @default {false}
   */
  readonly eof?: boolean;
}

const LF = 10;
const CR = 13;

/**
 * Makes the framing of messages that end with a line feed. The end is not part
 * of the message and does not count toward the limit.
 *
 * @param options How lines end.
 * @returns The framing.
 *
 * @example Both line ends are read
 * ```ts
 * import { FrameDecoder, line } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(line());
 * decoder.push(new TextEncoder().encode("one\ntwo\r\n"));
 * const utf8 = new TextDecoder();
 * assertEquals(utf8.decode(decoder.next()), "one");
 * assertEquals(utf8.decode(decoder.next()), "two");
 * assertEquals(decoder.next(), undefined);
 * ```
 */
export function line(options: LineOptions = {}): Framing {
  const { crlf = false, eof = false } = options;
  return new LineFraming(crlf, eof);
}

class LineFraming implements Framing {
  readonly boundary: Boundary = "frame";
  readonly encodesAlike = true;
  readonly #crlf: boolean;
  readonly #eof: boolean;

  constructor(crlf: boolean, eof: boolean) {
    this.#crlf = crlf;
    this.#eof = eof;
  }

  decoder(options: CodecOptions): Decoder {
    return new LineDecoder(this.#eof, options.maxMessageBytes);
  }

  encoder(options: CodecOptions): Encoder {
    return new LineEncoder(this.#crlf, options.maxMessageBytes);
  }

  explain(frame: Uint8Array): FramePart[] {
    const end = frame.indexOf(LF);
    if (end === -1) {
      return new PartList(frame).add("payload", frame.length).finish();
    }
    const size = end > 0 && frame[end - 1] === CR ? end - 1 : end;
    return new PartList(frame).add("payload", size)
      .add("delimiter", end + 1 - size, size === end ? "LF" : "CR LF")
      .finish();
  }

  toString(): string {
    return `line${this.#crlf ? ",crlf" : ""}${this.#eof ? ",eof" : ""}`;
  }
}

class LineDecoder implements Decoder {
  readonly #eof: boolean;
  readonly #max: number;
  // Bytes already known to hold no LF, so a slow peer costs O(n), not O(n²).
  #searched = 0;

  constructor(eof: boolean, maxMessageBytes: number) {
    this.#eof = eof;
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const end = this.#findEnd(queue);
    if (end === -1) return undefined;
    const size = sizeOf(queue, end);
    const message = queue.take(size);
    queue.skip(end + 1 - size);
    return message;
  }

  decodeBatch(queue: ReadableQueue, into: Uint8Array[], most: number): void {
    for (let i = 0; i < most; i++) {
      const message = this.decode(queue);
      if (message === undefined) return;
      into.push(message);
    }
  }

  skip(queue: ReadableQueue): number {
    const end = this.#findEnd(queue);
    if (end === -1) return -1;
    const size = sizeOf(queue, end);
    queue.skip(end + 1);
    return size;
  }

  resync(queue: ReadableQueue): boolean {
    this.#searched = 0;
    return dropThrough(queue, LF);
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    if (!this.#eof) {
      throw truncated(
        `the stream ended after ${length} bytes without the line feed that ends the line`,
      );
    }
    if (length > this.#max) throw this.#refusal(queue);
    this.#searched = 0;
    return queue.take(length);
  }

  /** Where the LF of the line at the front is, or -1 when more bytes are needed. */
  #findEnd(queue: ReadableQueue): number {
    const end = queue.indexOf(LF, this.#searched);
    if (end === -1) {
      this.#searched = queue.length;
      this.#checkUnended(queue);
      return -1;
    }
    if (sizeOf(queue, end) > this.#max) throw this.#refusal(queue);
    this.#searched = 0;
    return end;
  }

  /** Refuses a line that is too long wherever its end may be. */
  #checkUnended(queue: ReadableQueue): void {
    const over = queue.length - this.#max;
    // A CR that is one too many may turn out to belong to the end.
    if (over > 1 || (over === 1 && queue.byte(this.#max) !== CR)) {
      throw this.#refusal(queue);
    }
  }

  #refusal(queue: ReadableQueue): Error {
    return tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
  }
}

/** Size of a line that ends with the LF at a position. */
function sizeOf(queue: ReadableQueue, end: number): number {
  return end > 0 && queue.byte(end - 1) === CR ? end - 1 : end;
}

class LineEncoder implements Encoder {
  readonly #crlf: boolean;
  readonly #max: number;

  constructor(crlf: boolean, maxMessageBytes: number) {
    this.#crlf = crlf;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    const at = message.indexOf(LF);
    if (at !== -1) {
      throw new OptionRangeError({
        action: `send message with a line feed at byte ${at}`,
        reason: "it would arrive as two lines",
      });
    }
    if (!this.#crlf && message.at(-1) === CR) {
      throw new OptionRangeError({
        action: "send message that ends in a carriage return",
        reason: "the receiver takes it for part of the line's end",
      });
    }
    sink.payload(message);
    if (this.#crlf) sink.byte(CR);
    sink.byte(LF);
  }
}
