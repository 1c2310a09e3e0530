/**
 * Packets that begin with a header of fixed size, in which a field says how long
 * the packet is.
 *
 * ```text
 *   header                                  rest           end (if any)
 *   marks   length   marks                  length bytes   one byte, verified
 * ```
 *
 * Everything about such a protocol is a {@linkcode PacketHeader}: where the length
 * stands, what it counts, which bytes of the header can have which values.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";

// Of more values than that, an error does not name them all.
const MOST_NAMED = 8;

/** A byte of the header that cannot have every value. */
export interface Mark {
  /** Its position from the front, from 0. */
  readonly at: number;
  /** The values that it may have. */
  readonly values: readonly number[];
  /** What it is, such as "the version". */
  readonly what: string;
}

/** The header of a protocol's packets. */
export interface PacketHeader {
  /** How many bytes it has. */
  readonly bytes: number;
  /** Where the length field begins. */
  readonly lengthAt: number;
  /** How many bytes the length field has, 1 to 4. */
  readonly lengthBytes: number;
  /** Whether its least significant byte comes first. */
  readonly littleEndian?: boolean;
  /** How many bytes the whole packet has more than the field says. */
  readonly uncounted: number;
  /** The shortest packet in bytes, if that is more than the header. */
  readonly least?: number;
  /** The longest packet in bytes that the protocol knows. */
  readonly most?: number;
  /** Bytes with few values, in the order of their positions. */
  readonly marks?: readonly Mark[];
  /** The last byte of each packet. */
  readonly end?: number;
  /**
   * Names and sizes of its fields, as in "type:1 length:4", for tools that show
   * them. Together they have `bytes`, and one of them is the length.
   */
  readonly fields?: string;
}

/** Finds the end of a packet with such a header. */
export class HeaderScanner implements PacketScanner {
  leastBytes: number;
  readonly #header: PacketHeader;
  readonly #least: number;
  readonly #max: number;
  // Bytes of the header that were looked at, and the next mark among them.
  #searched = 0;
  #mark = 0;

  constructor(header: PacketHeader, maxMessageBytes: number) {
    this.#header = header;
    this.#max = maxMessageBytes;
    this.#least = header.least ?? header.bytes;
    this.leastBytes = this.#least;
  }

  reset(): void {
    this.leastBytes = this.#least;
    this.#searched = this.#mark = 0;
  }

  scan(queue: ReadableQueue): boolean {
    const { bytes, lengthAt, lengthBytes, end } = this.#header;
    for (; this.#searched < bytes; this.#searched++) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      this.#checkMark(queue, at);
      if (at === lengthAt + lengthBytes - 1) this.#readLength(queue, at + 1);
    }
    const size = this.leastBytes;
    if (!queue.has(size)) return false;
    if (end !== undefined && queue.byte(size - 1) !== end) {
      throw malformed(
        `its last byte must be ${nameOf(end)}, not ${
          nameOf(queue.byte(size - 1))
        }`,
        evidence(queue, size),
      );
    }
    return true;
  }

  #checkMark(queue: ReadableQueue, at: number): void {
    const mark = this.#header.marks?.[this.#mark];
    if (mark?.at !== at) return;
    this.#mark++;
    const byte = queue.byte(at);
    if (mark.values.includes(byte)) return;
    const { values, what } = mark;
    throw malformed(
      values.length > MOST_NAMED
        ? `${what} cannot be ${nameOf(byte)}`
        : `${what} must be ${values.map(nameOf).join(" or ")}, not ${
          nameOf(byte)
        }`,
      evidence(queue, at + 1),
    );
  }

  #readLength(queue: ReadableQueue, seen: number): void {
    const { lengthAt, lengthBytes, littleEndian, uncounted, most } =
      this.#header;
    let value = 0;
    for (let i = 0; i < lengthBytes; i++) {
      const index = littleEndian ? lengthBytes - 1 - i : i;
      value = value * 256 + queue.byte(lengthAt + index);
    }
    const size = value + uncounted;
    if (size < this.#least || size > (most ?? Infinity)) {
      throw malformed(
        `a length of ${value} makes a packet of ${size} bytes, and it must have ` +
          (size < this.#least ? `at least ${this.#least}` : `at most ${most}`),
        evidence(queue, seen),
      );
    }
    if (size > this.#max) {
      throw tooLarge(size, this.#max, evidence(queue, seen));
    }
    this.leastBytes = size;
  }
}
