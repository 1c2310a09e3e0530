/**
 * The driver of a decoder: bytes go in, messages come out, without any socket or
 * stream. It counts messages, says where a decoder gave up, and skips bad frames.
 *
 * ```text
 *              decode ─► message
 *             ┌────────────────┐
 *             ▼                │
 *  ───────► frames ──bad──► faults ── skipped ──► frames
 *                              └── every call throws the same error
 * ```
 *
 * @module
 */

import { checkSize } from "../check.ts";
import { ByteQueue } from "../bytes/byte_queue.ts";
import { compact } from "./compact.ts";
import { decodeBatch, skipMessages } from "./decode_batch.ts";
import type { Hint } from "../errors.ts";
import { Faults } from "./diagnosis/faults.ts";
import type { FrameDecoderOptions } from "./frame_decoder_options.ts";
import type { Decoder, Framing } from "./framing.ts";
import { DEFAULT_MAX_MESSAGE_BYTES } from "./framing.ts";
import { SHOWN_BYTES } from "./limits.ts";
import { framingOf } from "./by_name.ts";

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
 * assertEquals(texts, ["hello", "world"]);
 * ```
 */
export class FrameDecoder {
  /** The bytes received and not yet decoded. */
  readonly queue: ByteQueue;
  readonly #decoder: Decoder;
  readonly #faults: Faults;
  #count = 0;
  // Where the last message's frame begins, for an error about its content.
  #frameOffset = 0;
  // Of the message that was skipped last.
  #size = 0;

  /**
   * Creates a decoder at the beginning of a stream.
   *
   * @param framing The framing, or its string.
   * @param options The limit, and what happens to bad frames.
   * @throws {TypeError} If the string names no framing, or that needs `from`.
   * @throws {RangeError} If the limit is not a positive integer.
   */
  constructor(framing: Framing | string, options: FrameDecoderOptions = {}) {
    const { connection, from, maxMessageBytes = DEFAULT_MAX_MESSAGE_BYTES } =
      options;
    checkSize("maxMessageBytes", maxMessageBytes, 1);
    const known = framingOf(framing);
    // Not a closure: see tests/session/serving/garbage_test.ts.
    const codec = { connection, from, maxMessageBytes };
    this.#decoder = known.decoder(codec);
    this.queue = options.queue ?? new ByteQueue();
    this.#faults = new Faults(this, this.#decoder, known, codec, options);
  }

  /** How many messages were decoded so far. */
  get count(): number {
    return this.#count;
  }

  /** How many bad frames, and messages with bad content, were skipped so far. */
  get badCount(): number {
    return this.#faults.count;
  }

  /** Where the frame of the last message begins: bytes since the stream began. */
  get frameOffset(): number {
    return this.#frameOffset + (this.#decoder.skippedBytes ?? 0);
  }

  /** How many bytes the message that has begun still lacks; 0 if unknown. */
  get missingBytes(): number {
    return this.#faults.isBlocked ? 0 : this.#decoder.missingBytes ?? 0;
  }

  /** Whether bytes of a message that is not whole are no longer in the queue. */
  get isInside(): boolean {
    return this.#decoder.isInside === true;
  }

  /** What may be wrong if the rest of the message that has begun does not come. */
  get waitHint(): Hint | undefined {
    return this.#decoder.waitHint?.(this.queue) ??
      this.#faults.hint;
  }

  /** Adds received bytes. Do not write to the array any more. */
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
    const { queue } = this;
    const faults = this.#faults;
    for (;;) {
      if (faults.isBlocked && !faults.unblock()) return undefined;
      const begin = this.#frameOffset = queue.offset;
      if (begin < SHOWN_BYTES) faults.noteBeginning();
      try {
        const message = this.#decoder.decode(queue);
        if (message === undefined) return undefined;
        this.#count++;
        return compact(message, queue.offset - begin);
      } catch (error) {
        if (faults.refuse(error)) return undefined;
      }
    }
  }

  /**
   * Takes many messages at once. An error waits until the messages before it were
   * given: then the next call throws it.
   *
   * @param into Where the messages are appended.
   * @param most How many to take at most, at least 1.
   * @returns How many were appended, 0 when more bytes are needed.
   * @throws {ProtocolError} If the stream breaks the framing.
   */
  nextBatch(into: Uint8Array[], most: number): number {
    const before = into.length;
    const end = before + most;
    const faults = this.#faults;
    while (into.length < end) {
      // Only if nothing precedes the failure, which is thrown here.
      if (faults.isBlocked && (into.length > before || !faults.unblock())) {
        break;
      }
      const from = into.length;
      try {
        const begin = this.#frameOffset = this.queue.offset;
        if (begin < SHOWN_BYTES) faults.noteBeginning();
        decodeBatch(this.#decoder, this.queue, into, end - from);
        this.#count += into.length - from;
        break;
      } catch (error) {
        this.#count += into.length - from;
        if (faults.refuse(error)) break;
      }
    }
    return into.length - before;
  }

  /**
   * Drops the next message without a view of it, for programs that count.
   *
   * @returns The message's size in bytes, or -1 when more bytes are needed.
   * @throws {ProtocolError} If the stream breaks the framing.
   */
  skip(): number {
    return this.skipBatch(1) === 0 ? -1 : this.#size;
  }

  /**
   * Drops messages as {@linkcode FrameDecoder.nextBatch} takes them.
   *
   * @returns How many were dropped, 0 when more bytes are needed.
   */
  skipBatch(most: number = Infinity): number {
    const before = this.#count;
    const faults = this.#faults;
    for (let left = most; left > 0; left = most - this.#count + before) {
      if (faults.isBlocked && (this.#count > before || !faults.unblock())) {
        break;
      }
      if (this.queue.offset < SHOWN_BYTES) faults.noteBeginning();
      try {
        this.#size = skipMessages(this.#decoder, this.queue, left);
        if (this.#size < 0) break;
        this.#count += left === 1 ? 1 : this.#size;
      } catch (error) {
        if (faults.refuse(error)) break;
      }
    }
    return this.#count - before;
  }

  /**
   * Takes the next message after the end of the stream, until it is `undefined`.
   *
   * @returns The message, or `undefined` at the end.
   * @throws {ProtocolError} If the stream breaks the framing, with code
   * `"truncated"` if it ended inside a message.
   */
  end(): Uint8Array | undefined {
    const faults = this.#faults;
    faults.hasEnded ||= faults.isHeld;
    const message = this.next();
    // A bad frame that the end cuts off was reported already.
    if (message !== undefined || faults.isBlocked) return message;
    try {
      faults.hasEnded = true;
      this.#frameOffset = this.queue.offset;
      const last = this.#decoder.decodeEnd(this.queue);
      if (last !== undefined) this.#count++;
      return last;
    } catch (error) {
      return faults.refuse(error) ? undefined : this.end();
    }
  }

  /**
   * Refuses the message that was taken last because its content is bad: it is
   * reported where bad frames are skipped, otherwise the stream ends.
   *
   * @param message What {@linkcode FrameDecoder.next} has given last.
   * @throws The error, if the stream ends with it.
   */
  refuse(error: unknown, message: Uint8Array): void {
    this.#faults.refuseMessage(error, message);
  }

  /**
   * Ends the stream with an error, which gets its place.
   *
   * @param message The message it is about, if it was the last one taken.
   * @returns The error to throw, now and at every later call.
   */
  fail(error: unknown, message?: Uint8Array): unknown {
    return this.#faults.fail(error, message);
  }
}
