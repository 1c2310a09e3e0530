/**
 * Reads a length that is written as a varint (LEB128): seven bits in each byte,
 * the low ones first, and a top bit that says whether another byte follows.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { evidence, malformed, tooLarge } from "../limits.ts";
import type { HeaderReader } from "./announced.ts";
import type { PacketScanner } from "./packet.ts";

/** The form of the header, with every default filled in. */
export interface VarintLayout {
  /** How many bytes the length may have. */
  readonly bytes: number;
  /** How many bytes come before it. */
  readonly offset: number;
  /** Whether a length that needs fewer bytes is refused. */
  readonly strict: boolean;
}

/** Reads headers that end with a varint. */
export class VarintReader implements HeaderReader {
  size: number | bigint = 0;
  readonly #layout: VarintLayout;

  constructor(layout: VarintLayout) {
    this.#layout = layout;
  }

  read(queue: ReadableQueue): number {
    const { bytes, offset, strict } = this.#layout;
    let value = 0;
    let unit = 1;
    for (let at = offset; at < offset + bytes; at++) {
      if (!queue.has(at + 1)) return 0;
      const byte = queue.byte(at);
      value += (byte & 0x7f) * unit;
      unit *= 128;
      if (byte >= 0x80) continue;
      if (strict && byte === 0 && at > offset) {
        throw malformed(
          `its length is written in ${at + 1 - offset} bytes and needs fewer`,
          evidence(queue, at + 1),
        );
      }
      this.size = value <= Number.MAX_SAFE_INTEGER
        ? value
        : exact(queue, offset, at);
      return at + 1;
    }
    throw malformed(
      `its length has more than ${bytes} bytes`,
      evidence(queue, offset + bytes),
    );
  }
}

/** The value as a `bigint`, for what a number would round. */
function exact(queue: ReadableQueue, first: number, last: number): bigint {
  let value = 0n;
  for (let at = last; at >= first; at--) {
    value = value * 128n + BigInt(queue.byte(at) & 0x7f);
  }
  return value;
}

/** Finds the end of a packet whose header ends with a varint. */
export class VarintScanner implements PacketScanner {
  leastBytes: number;
  readonly #reader: VarintReader;
  readonly #least: number;
  readonly #max: number;
  #isKnown = false;

  constructor(layout: VarintLayout, maxMessageBytes: number) {
    this.#reader = new VarintReader(layout);
    this.#least = layout.offset + 1;
    this.#max = maxMessageBytes;
    this.leastBytes = this.#least;
  }

  reset(): void {
    this.leastBytes = this.#least;
    this.#isKnown = false;
  }

  scan(queue: ReadableQueue): boolean {
    if (!this.#isKnown && !this.#readHeader(queue)) return false;
    return queue.has(this.leastBytes);
  }

  #readHeader(queue: ReadableQueue): boolean {
    const header = this.#reader.read(queue);
    if (header === 0) {
      // All bytes of the length that are here announce one more.
      this.leastBytes = Math.max(this.#least, queue.length + 1);
      return false;
    }
    const { size } = this.#reader;
    const whole = typeof size === "bigint" ? size : header + size;
    if (typeof whole === "bigint" || whole > this.#max) {
      throw tooLarge(whole, this.#max, evidence(queue, header));
    }
    this.leastBytes = whole;
    this.#isKnown = true;
    return true;
  }
}
