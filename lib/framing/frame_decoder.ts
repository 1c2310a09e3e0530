/**
 * The driver of a decoder: bytes go in, messages come out, without any socket or
 * stream. It counts messages, says where a decoder gave up, and skips bad frames.
 *
 * ```text
 *              decode ─► message
 *             ┌────────────────┐
 *             ▼                │
 *  ───────► frames ──bad──► resync ── the frame's end ──► frames
 *             │                 (needs decoder.resync, and "skip")
 *             └──bad──► failed: every call throws the same error
 * ```
 *
 * @module
 */

import { checkSize } from "../check.ts";
import { ByteQueue } from "../bytes/byte_queue.ts";
import { Beginning } from "./diagnosis/beginning.ts";
import { compact } from "./compact.ts";
import { decodeBatch, skipMessages } from "./decode_batch.ts";
import { type Hint, ProtocolError } from "../errors.ts";
import { Faults } from "./diagnosis/faults.ts";
import type { Place } from "./diagnosis/first_bytes.ts";
import type { FrameDecoderOptions } from "./frame_decoder_options.ts";
import type { CodecOptions, Decoder, Framing } from "./framing.ts";
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
  readonly #framing: Framing;
  readonly #codec: CodecOptions;
  readonly #faults: Faults;
  readonly #beginning = new Beginning();
  #count = 0;
  // Whether the stream has failed, or the end of a bad frame is looked for.
  #isBlocked = false;
  // Where the last message's frame begins, for an error about its content.
  #frameOffset = 0;
  #hasEnded = false;
  #size = 0;
  // An error about the first bytes, while they may be a well-known greeting.
  #held: ProtocolError | undefined;

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
    const known = this.#framing = framingOf(framing);
    this.#faults = new Faults(known, options);
    // Not a closure: see tests/session/serving/garbage_test.ts.
    this.#codec = { connection, from, maxMessageBytes };
    this.#decoder = known.decoder(this.#codec);
    this.queue = options.queue ?? new ByteQueue();
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
    return this.#isBlocked ? 0 : this.#decoder.missingBytes ?? 0;
  }

  /** Whether bytes of a message that is not whole are no longer in the queue. */
  get isInside(): boolean {
    return this.#decoder.isInside === true;
  }

  /** What may be wrong if the rest of the message that has begun does not come. */
  get waitHint(): Hint | undefined {
    return this.#decoder.waitHint?.(this.queue) ??
      this.#beginning.hint(this.queue, this.#hasEnded);
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
    for (;;) {
      if (this.#isBlocked && !this.#unblock()) return undefined;
      const begin = this.#frameOffset = queue.offset;
      if (begin < SHOWN_BYTES) this.#beginning.note(queue);
      try {
        const message = this.#decoder.decode(queue);
        if (message === undefined) return undefined;
        this.#count++;
        return compact(message, queue.offset - begin);
      } catch (error) {
        if (this.#refuse(error)) return undefined;
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
    while (into.length < end) {
      // Only if nothing precedes the failure, which is thrown here.
      if (this.#isBlocked && (into.length > before || !this.#unblock())) break;
      const from = into.length;
      try {
        const begin = this.#frameOffset = this.queue.offset;
        if (begin < SHOWN_BYTES) this.#beginning.note(this.queue);
        decodeBatch(this.#decoder, this.queue, into, end - from);
        this.#count += into.length - from;
        break;
      } catch (error) {
        this.#count += into.length - from;
        this.#refuse(error);
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
    for (let left = most; left > 0; left = most - this.#count + before) {
      if (this.#isBlocked && (this.#count > before || !this.#unblock())) break;
      if (this.queue.offset < SHOWN_BYTES) this.#beginning.note(this.queue);
      try {
        this.#size = skipMessages(this.#decoder, this.queue, left);
        if (this.#size < 0) break;
        this.#count += left === 1 ? 1 : this.#size;
      } catch (error) {
        if (this.#refuse(error)) break;
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
    this.#hasEnded ||= this.#held !== undefined;
    const message = this.next();
    // A bad frame that the end cuts off was reported already.
    if (message !== undefined || this.#isBlocked) return message;
    try {
      this.#hasEnded = true;
      this.#frameOffset = this.queue.offset;
      const last = this.#decoder.decodeEnd(this.queue);
      if (last !== undefined) this.#count++;
      return last;
    } catch (error) {
      return this.#refuse(error) ? undefined : this.end();
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
    if (!this.#faults.skips(error)) throw this.fail(error, message);
    this.#faults.report(error, this.#placeOf(message));
  }

  /**
   * Ends the stream with an error, which gets its place.
   *
   * @param message The message it is about, if it was the last one taken.
   * @returns The error to throw, now and at every later call.
   */
  fail(error: unknown, message?: Uint8Array): unknown {
    this.#isBlocked = true;
    return this.#faults.fail(error, this.#placeOf(message));
  }

  /** Throws the failure, or drops a bad frame; says whether a frame begins now. */
  #unblock(): boolean {
    if (this.#held !== undefined) {
      if (this.#greeting === "undecided") return false;
      const error = this.#held;
      this.#held = undefined;
      if (this.#refuse(error)) return false;
    }
    if (this.#faults.failed) throw this.#faults.failure;
    this.#isBlocked = !this.#decoder.resync!(this.queue);
    return !this.#isBlocked;
  }

  /** Skips a bad frame or fails; says whether to pause, as `onBadFrame` asked. */
  #refuse(error: unknown): boolean {
    const faults = this.#faults;
    if (error instanceof ProtocolError && this.#greeting === "undecided") {
      this.#isBlocked = true;
      this.#held = error;
    } else if (this.#decoder.resync !== undefined && faults.skips(error)) {
      this.#isBlocked = true;
      return faults.report(error, this.#placeOf());
    } else {
      this.fail(error);
    }
    return false;
  }

  get #greeting(): ReturnType<Beginning["greeting"]> {
    return this.#beginning.greeting(this.queue, this.#hasEnded);
  }

  #placeOf(message?: Uint8Array): Place {
    const greeting = this.#greeting;
    return {
      count: this.#count,
      greeting: greeting === "undecided" ? undefined : greeting,
      streamOffset: message ? this.frameOffset : this.queue.offset,
      hasEnded: this.#hasEnded,
      message,
      newDecoder: () => this.#framing.decoder(this.#codec),
      queue: this.queue,
    };
  }
}
