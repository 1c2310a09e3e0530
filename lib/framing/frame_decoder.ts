/**
 * The driver of a decoder: bytes go in at one side, messages come out at the
 * other, without any socket or stream.
 *
 * Reading messages is the following loop, and everything that receives in this
 * library (connections, streams, datagrams, tests) is a form of it:
 *
 * ```text
 * push(chunk)
 * while ((message = next()) !== undefined) use(message)
 * at the end of the stream: the same with end() in place of next()
 * ```
 *
 * It counts messages and, when a decoder gives up, says which message it was,
 * where it began and what its first bytes look like.
 *
 * @module
 */

import { checkSize } from "../check.ts";
import { ByteQueue } from "../bytes/byte_queue.ts";
import { ProtocolError } from "../errors.ts";
import { diagnose } from "./diagnosis.ts";
import {
  type Decoder,
  DEFAULT_MAX_MESSAGE_BYTES,
  type Framing,
} from "./framing.ts";

import { parseFraming } from "./parse.ts";

/** Options for {@linkcode FrameDecoder}. */
export interface FrameDecoderOptions {
  /**
   * Largest message in bytes, as the user receives it.
   *
   * @default {1_048_576}
   */
  readonly maxMessageBytes?: number;
}

/**
 * Decodes the frames of one stream, synchronously.
 *
 * @example Two messages in three pieces
 * ```ts
 * import { FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder("line");
 * const texts: string[] = [];
 * for (const piece of ["he", "llo\nwor", "ld\n"]) {
 *   decoder.push(new TextEncoder().encode(piece));
 *   for (let m; (m = decoder.next()) !== undefined;) {
 *     texts.push(new TextDecoder().decode(m));
 *   }
 * }
 * assertEquals(decoder.end(), undefined); // nothing was cut off
 * assertEquals(texts, ["hello", "world"]);
 * ```
 */
export class FrameDecoder {
  /** The bytes received and not yet decoded. */
  readonly queue: ByteQueue = new ByteQueue();
  readonly #decoder: Decoder;
  readonly #framing: Framing;
  #count = 0;
  // Where the last message's frame begins, for an error about its content.
  #frameOffset = 0;
  #ended = false;
  #failure: unknown;

  /**
   * Creates a decoder at the beginning of a stream.
   *
   * @param framing The framing, or its string.
   * @param options The limit.
   * @throws {TypeError} If the string names no framing.
   * @throws {RangeError} If the limit is no positive integer.
   */
  constructor(framing: Framing | string, options: FrameDecoderOptions = {}) {
    const { maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } = options;
    checkSize("maxMessageBytes", maxMessageBytes, 1);
    this.#framing = typeof framing === "string"
      ? parseFraming(framing)
      : framing;
    this.#decoder = this.#framing.decoder({ maxMessageBytes });
  }

  /** How many messages were decoded so far. */
  get count(): number {
    return this.#count;
  }

  /** How many bytes the message that has begun still lacks; 0 if unknown. */
  get missingBytes(): number {
    return this.#decoder.missingBytes ?? 0;
  }

  /**
   * Adds received bytes.
   *
   * @param chunk The bytes; not to be written to by the caller any more.
   */
  push(chunk: Uint8Array): void {
    this.queue.push(chunk);
  }

  /**
   * Takes the next message.
   *
   * @returns The message, a view into what was pushed wherever possible, or
   * `undefined` when more bytes are needed.
   * @throws {ProtocolError} If the stream breaks the framing; from then on
   * every call throws the same error.
   */
  next(): Uint8Array | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      this.#frameOffset = this.queue.offset;
      const message = this.#decoder.decode(this.queue);
      if (message !== undefined) this.#count++;
      return message;
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Takes the next message once no more bytes will come. Call it until it
   * returns `undefined`.
   *
   * @returns The message, or `undefined` at the end.
   * @throws {ProtocolError} If the stream breaks the framing, with code
   * `"truncated"` if it ended inside a message.
   */
  end(): Uint8Array | undefined {
    const message = this.next();
    if (message !== undefined) return message;
    try {
      this.#ended = true;
      this.#frameOffset = this.queue.offset;
      const last = this.#decoder.decodeEnd(this.queue);
      if (last !== undefined) this.#count++;
      return last;
    } catch (error) {
      throw this.fail(error);
    }
  }

  /**
   * Remembers a failure and adds to a {@linkcode ProtocolError} where in the
   * stream it happened and what the bytes look like.
   *
   * @param error What the decoder, or whoever decodes the message's content, threw.
   * @param message The message it is about, if it was the last thing taken.
   * @returns The error to throw, now and at every later call.
   */
  fail(error: unknown, message?: Uint8Array): unknown {
    if (error instanceof ProtocolError) {
      error = diagnose(error, {
        framing: this.#framing.toString(),
        messageNumber: message === undefined ? this.#count + 1 : this.#count,
        streamOffset: message === undefined
          ? this.queue.offset
          : this.#frameOffset + (this.#decoder.skippedBytes ?? 0),
        rest: this.#ended ? this.queue : undefined,
        message,
      });
    }
    this.#failure = error;
    return error;
  }
}
