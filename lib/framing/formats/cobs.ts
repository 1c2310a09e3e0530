/**
 * COBS, consistent overhead byte stuffing: frames without zeros, ended by one.
 *
 * ```text
 * message   11 22 00 33
 * frame     03 11 22   02 33   00
 *           a group: how far to the next zero, then the bytes up to it
 * ```
 *
 * A group of `FF` holds 254 bytes and no zero after them. One byte in 254 is
 * added at most, where SLIP can double the size.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { ByteSink } from "../../bytes/byte_sink.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Decoder, Encoder, Framing } from "../framing.ts";
import {
  checkSendSize,
  evidence,
  malformed,
  tooLarge,
  truncated,
} from "../limits.ts";
import { namedFraming } from "./named_framing.ts";
import { dropThrough } from "./resync.ts";

const FULL = 0xff;

/**
 * Makes the framing of COBS with a zero byte after each frame. Further zeros
 * between frames are skipped; the limit counts the decoded bytes.
 *
 * @returns The framing `cobs`.
 *
 * @example Reading a frame
 * ```ts
 * import { cobs, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(cobs());
 * decoder.push(Uint8Array.of(3, 0x11, 0x22, 2, 0x33, 0));
 * assertEquals(decoder.next(), Uint8Array.of(0x11, 0x22, 0, 0x33));
 * ```
 */
export function cobs(): Framing {
  return COBS;
}

const COBS: Framing = namedFraming(
  "cobs",
  (maxMessageBytes) => new CobsDecoder(maxMessageBytes),
  (maxMessageBytes) => new CobsEncoder(maxMessageBytes),
  { badFrames: "skip", explain },
);

/** Adds the groups: a code, which also stands for the zero before it, and bytes. */
function explain(parts: PartList, frame: Uint8Array): void {
  const begin = frame.findIndex((byte) => byte !== 0);
  parts.add("filler", begin === -1 ? frame.length : begin, "empty frames");
  let isZeroDue = false;
  while (parts.rest > 0 && !parts.isFull) {
    const code = frame[parts.at]!;
    if (code === 0) {
      parts.add("delimiter", 1, "zero");
      return;
    }
    const zero = frame.subarray(parts.at, parts.at + code).indexOf(0);
    parts.add(
      "escape",
      1,
      isZeroDue ? `00, group of ${code - 1}` : `group of ${code - 1}`,
      new Uint8Array(isZeroDue ? 1 : 0),
    );
    // A zero comes too early.
    if (zero !== -1) return;
    parts.add("payload", code - 1);
    isZeroDue = code !== FULL;
  }
}

class CobsDecoder implements Decoder {
  skippedBytes = 0;
  readonly #max: number;
  // Bytes known to hold no zero.
  #searched = 0;
  // Where the next group begins, and the size of the message before it.
  #group = 0;
  #size = 0;
  #zeroDue = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  decode(queue: ReadableQueue): Uint8Array | undefined {
    this.skippedBytes = this.#searched > 0 ? 0 : skipZeros(queue);
    const end = queue.indexOf(0, this.#searched);
    this.#readGroups(queue, end === -1 ? queue.length : end);
    if (end === -1) {
      this.#searched = queue.length;
      return undefined;
    }
    if (this.#group > end) {
      throw malformed(
        `its zero at position ${
          end + 1
        } comes before the end of a group, at position ${this.#group + 1}`,
        evidence(queue, end + 1),
      );
    }
    const message = unstuffed(queue.take(end), this.#size);
    queue.skip(1);
    this.#beginFrame();
    return message;
  }

  resync(queue: ReadableQueue): boolean {
    this.#beginFrame();
    return dropThrough(queue, 0);
  }

  decodeEnd(queue: ReadableQueue): undefined {
    const { length } = queue;
    if (length === 0) return undefined;
    throw truncated(
      `the stream ended after ${length} bytes of a frame, before the zero that ends it`,
    );
  }

  #beginFrame(): void {
    this.#searched = this.#group = this.#size = 0;
    this.#zeroDue = false;
  }

  /** Takes in the groups that begin before a place. */
  #readGroups(queue: ReadableQueue, to: number): void {
    while (this.#group < to) {
      const code = queue.byte(this.#group);
      this.#size += code - 1 + (this.#zeroDue ? 1 : 0);
      if (this.#size > this.#max) {
        throw tooLarge(
          undefined,
          this.#max,
          evidence(queue, this.#group + 1),
        );
      }
      this.#zeroDue = code !== FULL;
      this.#group += code;
    }
  }
}

/** Drops the zeros in front and says how many there were. */
function skipZeros(queue: ReadableQueue): number {
  let skipped = 0;
  while (queue.has(1) && queue.byte(0) === 0) {
    queue.skip(1);
    skipped++;
  }
  return skipped;
}

function unstuffed(frame: Uint8Array, size: number): Uint8Array {
  // A message of one group lies in the frame as it is.
  if (frame[0] === frame.length) return frame.subarray(1);
  const message = new Uint8Array(size);
  for (let from = 0, to = 0; from < frame.length;) {
    const code = frame[from]!;
    message.set(frame.subarray(from + 1, from + code), to);
    to += code - 1 + (code === FULL ? 0 : 1);
    from += code;
  }
  return message;
}

class CobsEncoder implements Encoder {
  readonly #max: number;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  encode(message: Uint8Array, sink: ByteSink): void {
    checkSendSize(message.length, this.#max);
    sink.payload(stuffed(message));
    sink.byte(0);
  }
}

function stuffed(message: Uint8Array): Uint8Array {
  const { length } = message;
  const frame = new Uint8Array(length + 1 + Math.floor(length / (FULL - 1)));
  let from = 0;
  let to = 0;
  for (;;) {
    const group = to++;
    const most = Math.min(length, from + FULL - 1);
    while (from < most && message[from] !== 0) frame[to++] = message[from++]!;
    const code = to - group;
    frame[group] = code;
    if (from === length) return frame.subarray(0, to);
    // A group stands for the zero after it as well, unless it is full.
    if (code !== FULL) from++;
  }
}
