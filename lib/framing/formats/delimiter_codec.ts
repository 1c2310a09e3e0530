/**
 * Decoder and encoder of messages that end with a delimiter.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionRangeError } from "../../check.ts";
import type { Decoder, Encoder } from "../framing.ts";
import { escape } from "../grammar/escapes.ts";
import { checkSendSize, evidence, tooLarge, truncated } from "../limits.ts";
import type { Finder } from "./search.ts";

/** What ends messages, and what of it is part of them. */
export interface Ending {
  /** The delimiters; the first one is sent. */
  readonly all: readonly Uint8Array[];
  readonly eof: boolean;
  readonly keep: boolean;
}

/** Finds the end of messages. */
export class DelimiterDecoder implements Decoder {
  readonly #finder: Finder;
  readonly #eof: boolean;
  readonly #keep: boolean;
  readonly #max: number;

  constructor(finder: Finder, { eof, keep }: Ending, maxMessageBytes: number) {
    this.#finder = finder;
    this.#eof = eof;
    this.#keep = keep;
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    const size = this.#find(queue);
    if (size === -1) return undefined;
    if (this.#keep) return queue.take(size + this.#finder.found);
    const message = queue.take(size);
    queue.skip(this.#finder.found);
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
    const size = this.#find(queue);
    if (size === -1) return -1;
    queue.skip(size + this.#finder.found);
    return this.#keep ? size + this.#finder.found : size;
  }

  resync(queue: ReadableQueue): boolean {
    const size = this.#finder.find(queue);
    if (size === -1) {
      this.#finder.drop(queue);
      return false;
    }
    queue.skip(size + this.#finder.found);
    return true;
  }

  decodeEnd(queue: ReadableQueue): Uint8Array | undefined {
    const length = queue.gather();
    if (length === 0) return undefined;
    if (!this.#eof) {
      throw truncated(
        `the stream ended after ${length} bytes without the delimiter that ends the message`,
      );
    }
    if (length > this.#max) throw this.#refusal(queue);
    return queue.take(length);
  }

  /** Bytes before the delimiter, or -1 when more bytes are needed. */
  #find(queue: ReadableQueue): number {
    const size = this.#finder.find(queue);
    if (this.#keep) {
      // One that has not come by then comes too late.
      const least = size === -1 ? queue.length : size + this.#finder.found;
      if (least > this.#max) throw this.#refusal(queue);
      return size;
    }
    // The earliest place where the delimiter can begin only moves forward, so
    // this refuses the same messages as if all bytes were here.
    if ((size === -1 ? this.#finder.earliest : size) > this.#max) {
      throw this.#refusal(queue);
    }
    return size;
  }

  #refusal(queue: ReadableQueue): Error {
    return tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
  }
}

/** Ends messages, and refuses those that would end early. */
export class DelimiterEncoder implements Encoder {
  readonly #finder: () => Finder;
  readonly #ending: Ending;
  readonly #max: number;

  constructor(
    finder: () => Finder,
    ending: Ending,
    maxMessageBytes: number,
  ) {
    this.#finder = finder;
    this.#ending = ending;
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    const { all: [sent], keep } = this.#ending;
    if (keep) this.#checkEnd(message);
    else this.#checkFree(message, sent!);
    sink.payload(message);
    if (!keep) sink.copy(sent!);
  }

  /** Refuses a message in which the receiver finds a delimiter. */
  #checkFree(message: Uint8Array, sent: Uint8Array): void {
    const { all } = this.#ending;
    if (all.length === 1 && !message.includes(sent[0]!)) return;
    // Searching the message alone is not enough: with delimiter "aa" the frame
    // of "a" is "aaa", in which it is found one byte early.
    const frame = new ByteQueue();
    frame.push(message);
    frame.push(sent);
    const found = this.#finder().find(frame);
    if (found === message.length) return;
    throw new OptionRangeError({
      action: `send message in which ${this.#name} is found at byte ${found}`,
      reason: "it would arrive as another message",
    });
  }

  /** Refuses a message that does not end with its only delimiter. */
  #checkEnd(message: Uint8Array): void {
    const frame = new ByteQueue();
    frame.push(message);
    const finder = this.#finder();
    const found = finder.find(frame);
    if (found !== -1 && found + finder.found === message.length) return;
    throw new OptionRangeError({
      action: `send message of ${message.length} bytes`,
      reason: found === -1
        ? `it must end with ${this.#name}`
        : `${this.#name} is found at byte ${found}, before its end`,
    });
  }

  get #name(): string {
    const { all } = this.#ending;
    return (all.length === 1 ? "the delimiter " : "one of the delimiters ") +
      all.map((bytes) => `"${escape(bytes)}"`).join(", ");
  }
}
