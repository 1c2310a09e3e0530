/**
 * MLLP, which carries HL7 messages: a start byte, the message, two end bytes.
 *
 * ```text
 * 0B  M S H | ...  1C 0D
 * ```
 *
 * @module
 */

import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { OptionRangeError } from "../../check.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  nameOf,
  tooLarge,
  truncated,
} from "../limits.ts";
import { namedFraming } from "./named_framing.ts";
import { dropUpTo } from "./resync.ts";

const START = 0x0b;
const END = 0x1c;
const CR = 0x0d;

/**
 * Makes the framing of HL7's Minimal Lower Layer Protocol. A message is what is
 * between the start byte `0B` and the end bytes `1C 0D`. Neither `0B` nor `1C`
 * may be in it: a start byte there means that the end of the message before was
 * lost. Bad messages can be skipped, up to the next start byte.
 *
 * @returns The framing `mllp`.
 *
 * @example Reading a message
 * ```ts
 * import { FrameDecoder, mllp } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(mllp());
 * decoder.push(new TextEncoder().encode("\x0bMSH|^~\\&|\r\x1c\r"));
 * assertEquals(new TextDecoder().decode(decoder.next()), "MSH|^~\\&|\r");
 * ```
 */
export function mllp(): Framing {
  return MLLP;
}

const MLLP: Framing = namedFraming(
  "mllp",
  (maxMessageBytes) => new MllpDecoder(maxMessageBytes),
  (maxMessageBytes) => new MllpEncoder(maxMessageBytes),
  { explain },
);

function explain(parts: PartList, frame: Uint8Array): void {
  if (frame[0] !== START) return;
  parts.add("delimiter", 1, "start 0b");
  const end = frame.indexOf(END);
  parts.add("payload", (end === -1 ? frame.length : end) - 1);
  // Another byte behind the end does not fit.
  if (end !== -1 && (frame[end + 1] ?? CR) === CR) {
    parts.add("delimiter", 2, "end 1c 0d");
  }
}

class MllpDecoder implements Decoder {
  readonly #max: number;
  // Bytes that are known to hold no end, the start byte among them.
  #searched = 0;
  #isDropping = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    if (this.#searched === 0) {
      if (!queue.has(1)) return undefined;
      this.#checkStart(queue);
      this.#searched = 1;
    }
    const end = queue.indexOf(END, this.#searched);
    this.#look(queue, end === -1 ? queue.length : end);
    if (end === -1 || !queue.has(end + 2)) return undefined;
    if (queue.byte(end + 1) !== CR) {
      throw malformed(
        `the end byte 1c must be followed by CR (0d), not by ${
          nameOf(queue.byte(end + 1))
        }`,
        evidence(queue, end + 2),
      );
    }
    this.#searched = 0;
    const message = queue.take(end - 1, 1);
    queue.skip(2);
    return message;
  }

  /** Drops the bad message and stops before the next start byte. */
  resync(queue: ReadableQueue): boolean {
    // The first byte belongs to the bad message, also if it is a start byte.
    if (!this.#isDropping) queue.skip(1);
    this.#searched = 0;
    this.#isDropping = !dropUpTo(queue, START);
    return !this.#isDropping;
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      length > this.#searched
        ? "the stream ended before the CR (0d) that ends the message"
        : `the stream ended after ${
          length - 1
        } bytes of a message, before the bytes 1c 0d that end it`,
    );
  }

  #checkStart(queue: ReadableQueue): void {
    if (queue.byte(0) === START) return;
    throw malformed(
      `a message must begin with the start byte 0b, not with ${
        nameOf(queue.byte(0))
      }`,
      evidence(queue, 1),
    );
  }

  /** Looks at the bytes of the message up to a place. */
  #look(queue: ReadableQueue, to: number): void {
    const from = this.#searched;
    const start = queue.peek(from, to).indexOf(START);
    const wrong = start === -1 ? to : from + start;
    // Whichever comes first: a byte above the limit, or another start.
    if (wrong > this.#max + 1) {
      throw tooLarge(undefined, this.#max, evidence(queue, this.#max + 2));
    }
    if (start !== -1) {
      throw malformed(
        `another start byte 0b comes after ${
          wrong - 1
        } bytes, before the bytes 1c 0d that end the message`,
        evidence(queue, wrong + 1),
      );
    }
    this.#searched = to;
  }
}

class MllpEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    const marker = message.includes(START)
      ? START
      : message.includes(END)
      ? END
      : undefined;
    if (marker !== undefined) {
      throw new OptionRangeError({
        action: `send message of ${message.length} bytes`,
        reason: `it has a byte ${
          marker.toString(16).padStart(2, "0")
        }, which marks the start or the end of a message`,
      });
    }
    sink.byte(START);
    sink.payload(message);
    sink.byte(END);
    sink.byte(CR);
  }
}
