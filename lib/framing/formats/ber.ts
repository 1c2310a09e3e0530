/**
 * BER elements of definite length (X.690), as in LDAP and SNMP over TCP.
 *
 * ```text
 * 30 0C ...            tag, length up to 127, that many bytes
 * 30 82 01 00 ...      a length of two bytes: 256
 * 7F 84 0A 05 ...      a tag of three bytes
 * ```
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Framing } from "../framing.ts";
import { ProtocolError } from "../../errors.ts";
import { evidence, malformed, tooLarge } from "../limits.ts";
import { packetFraming, type PacketScanner } from "./packet.ts";

// The low bits of a first byte after which the tag's number follows.
const LONG_TAG = 0x1f;
const MORE = 0x80;
const INDEFINITE = 0x80;
const LEAST = 2;

// 2^28 tags and lengths up to 2^64 - 1: more than any protocol uses.
const MOST_TAG_BYTES = 5;
const MOST_LENGTH_BYTES = 8;

/**
 * Makes the framing of BER elements. A message is one whole element: tag,
 * length and content. The content is not parsed, so nesting costs nothing. A
 * length may have more bytes than it needs, as BER allows.
 *
 * @returns The framing `ber`. It refuses indefinite lengths, the reserved
 * length `FF`, end-of-contents `00` in place of a tag, tags of more than 5
 * bytes and lengths of more than 8. Its encoder refuses what is not exactly one
 * element.
 *
 * @example Reading an element
 * ```ts
 * import { ber, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const decoder = new FrameDecoder(ber());
 * decoder.push(Uint8Array.of(0x30, 3, 2, 1, 5, 0x30, 0));
 * assertEquals(decoder.next(), Uint8Array.of(0x30, 3, 2, 1, 5));
 * assertEquals(decoder.next(), Uint8Array.of(0x30, 0));
 * ```
 */
export function ber(): Framing {
  return BER;
}

const BER: Framing = packetFraming(
  "ber",
  "BER element",
  (maxMessageBytes) => new BerScanner(maxMessageBytes),
  { explain },
);

function explain(parts: PartList, frame: Uint8Array): void {
  const queue = new ByteQueue();
  queue.push(frame);
  const tag = tagOf(queue);
  if (tag === undefined) return;
  parts.add("header", tag === 0 ? frame.length : tag, "tag");
  const first = frame[parts.at];
  if (first === undefined) return;
  const more = first < MORE ? 0 : first - MORE;
  if (first === INDEFINITE || more > MOST_LENGTH_BYTES) return;
  const header = parts.at + 1 + more;
  if (header > frame.length) {
    parts.add("length", 1 + more);
    return;
  }
  const size = more === 0 ? first : readLength(queue, parts.at + 1, header);
  parts.add("length", 1 + more, `length ${size}`).add("payload", Number(size));
}

/** Size of the tag, 0 if it is cut off, or `undefined` if it is malformed. */
function tagOf(queue: ReadableQueue): number | undefined {
  try {
    return readTag(queue);
  } catch (error) {
    if (error instanceof ProtocolError) return undefined;
    throw error;
  }
}

class BerScanner implements PacketScanner {
  leastBytes = LEAST;
  readonly #max: number;
  // Whether the header was read, so that leastBytes is the element's size.
  #isKnown = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  reset(): void {
    this.leastBytes = LEAST;
    this.#isKnown = false;
  }

  scan(queue: ReadableQueue): boolean {
    if (!this.#isKnown && !this.#readHeader(queue)) return false;
    return queue.has(this.leastBytes);
  }

  #readHeader(queue: ReadableQueue): boolean {
    const at = readTag(queue);
    this.leastBytes = Math.max(LEAST, at + 1);
    if (at === 0 || !queue.has(at + 1)) return false;
    const first = queue.byte(at);
    if (first === INDEFINITE || first === 0xff) {
      throw malformed(
        first === 0xff
          ? "its length begins with the reserved byte ff"
          : "its length is indefinite (80), and only definite lengths can be read",
        evidence(queue, at + 1),
      );
    }
    const more = first < MORE ? 0 : first - MORE;
    if (more > MOST_LENGTH_BYTES) {
      throw malformed(
        `its length has ${more} bytes, and at most ${MOST_LENGTH_BYTES} can be read`,
        evidence(queue, at + 1),
      );
    }
    const header = at + 1 + more;
    this.leastBytes = header;
    if (!queue.has(header)) return false;
    const size = more === 0 ? first : readLength(queue, at + 1, header);
    const whole = typeof size === "bigint" ? size : header + size;
    if (typeof whole === "bigint" || whole > this.#max) {
      throw tooLarge(whole, this.#max, evidence(queue, header));
    }
    this.leastBytes = whole;
    this.#isKnown = true;
    return true;
  }
}

/** Reads a tag; returns its size in bytes, or 0 when more are needed. */
function readTag(queue: ReadableQueue): number {
  if (!queue.has(1)) return 0;
  const first = queue.byte(0);
  if (first === 0) {
    throw malformed(
      "a tag of 00 ends contents of indefinite length, which cannot be read",
      evidence(queue, 1),
    );
  }
  if ((first & LONG_TAG) !== LONG_TAG) return 1;
  for (let at = 1; at < MOST_TAG_BYTES; at++) {
    if (!queue.has(at + 1)) return 0;
    const byte = queue.byte(at);
    // X.690, 8.1.2.4.2: the number must not begin with zeros.
    if (at === 1 && byte === MORE) {
      throw malformed("its tag begins with zeros", evidence(queue, 2));
    }
    if (byte < MORE) return at + 1;
  }
  throw malformed(
    `its tag has more than ${MOST_TAG_BYTES} bytes`,
    evidence(queue, MOST_TAG_BYTES),
  );
}

function readLength(
  queue: ReadableQueue,
  from: number,
  to: number,
): number | bigint {
  let value = 0;
  let exact = 0n;
  for (let at = from; at < to; at++) {
    value = value * 256 + queue.byte(at);
    exact = exact * 256n + BigInt(queue.byte(at));
  }
  // A rounded length would desynchronise the stream.
  return value <= Number.MAX_SAFE_INTEGER ? value : exact;
}
