/**
 * FIX messages in tag=value form: length and checksum are fields of the
 * message.
 *
 * ```text
 * 8=FIX.4.4|9=5|35=0|10=163|          | stands for SOH, byte 01
 *               └ 5 ┘ checksum: the sum of all bytes before "10=", modulo 256
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { isDigit, MOST_DIGITS, readDigits } from "./digits.ts";
import type { PartList } from "../explain/part_list.ts";
import type { Framing } from "../framing.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";
import { packetFraming, type PacketScanner } from "./packet.ts";

const SOH = 0x01;
const BEGIN = "8=FIX";
const LENGTH = "9=";
const CHECKSUM = "10=";
// "10=", three digits and SOH.
const TRAILER = 7;
const CHECKSUM_DIGITS = 3;
// "8=FIX", SOH, "9=", a digit, SOH and the trailer.
const LEAST = BEGIN.length + 1 + LENGTH.length + 2 + TRAILER;
// "8=FIXT.1.1" has 10 bytes.
const MOST_BEGIN = 20;

/**
 * Makes the framing of FIX messages. A message is the whole one, from `8=FIX`
 * through the SOH after the checksum. `BodyLength` (9) must be the second field
 * and fit, and `CheckSum` (10) must be right.
 *
 * @returns The framing `fix`. Its encoder refuses what is not exactly one
 * message with the right length and checksum.
 *
 * @example Reading a heartbeat
 * ```ts
 * import { fix, FrameDecoder } from "@parley/parley/framing";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "8=FIX.4.4\x019=5\x0135=0\x0110=163\x01";
 * const decoder = new FrameDecoder(fix());
 * decoder.push(new TextEncoder().encode(text));
 * assertEquals(new TextDecoder().decode(decoder.next()), text);
 * ```
 */
export function fix(): Framing {
  return FIX;
}

const FIX: Framing = packetFraming(
  "fix",
  "FIX message",
  (maxMessageBytes) => new FixScanner(maxMessageBytes),
  { explain },
);

function explain(parts: PartList, frame: Uint8Array): void {
  const version = field(frame, 0, BEGIN, MOST_BEGIN + 1);
  if (version === undefined) return;
  const begin = BEGIN.length + version.length + 1;
  parts.add("header", begin, "version");
  const length = field(frame, begin, LENGTH, MOST_DIGITS + 1);
  if (length === undefined || !/^\d+$/.test(length)) return;
  parts.add("length", LENGTH.length + length.length + 1, `length ${length}`)
    .add("payload", Number(length));
  const checksum = field(frame, parts.at, CHECKSUM, CHECKSUM_DIGITS + 1);
  if (parts.rest < TRAILER) parts.add("checksum", parts.rest, "checksum");
  else if (checksum?.length === CHECKSUM_DIGITS && /^\d+$/.test(checksum)) {
    parts.add("checksum", TRAILER, `checksum ${checksum}`);
  }
}

/** The value of the field at a place, if it is that one and ends with SOH. */
function field(
  frame: Uint8Array,
  at: number,
  tag: string,
  mostBytes: number,
): string | undefined {
  const bytes = frame.subarray(at, at + tag.length + mostBytes);
  const end = bytes.indexOf(SOH);
  const text = String.fromCharCode(...bytes.subarray(0, Math.max(0, end)));
  return end !== -1 && text.startsWith(tag)
    ? text.slice(tag.length)
    : undefined;
}

class FixScanner implements PacketScanner {
  leastBytes = LEAST;
  readonly #max: number;
  // How far the header was searched, and where its first field ends.
  #searched = 0;
  #beginEnd = 0;
  #isKnown = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  reset(): void {
    this.leastBytes = LEAST;
    this.#searched = this.#beginEnd = 0;
    this.#isKnown = false;
  }

  scan(queue: ReadableQueue): boolean {
    while (!this.#isKnown) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      if (this.#beginEnd === 0) this.#begin(queue, at);
      else this.#length(queue, at);
      this.#searched = at + 1;
    }
    if (!queue.has(this.leastBytes)) return false;
    this.#checkTrailer(queue);
    return true;
  }

  /** Looks at a byte of the first field. */
  #begin(queue: ReadableQueue, at: number): void {
    const byte = queue.byte(at);
    if (at < BEGIN.length) return expect(queue, at, BEGIN, at);
    if (byte === SOH) this.#beginEnd = at + 1;
    else if (byte < 0x20 || byte > 0x7e || at >= MOST_BEGIN) {
      throw malformed(
        `its first field must be a version such as FIX.4.4 and SOH (01), and has ${
          nameOf(byte)
        } at position ${at + 1}`,
        evidence(queue, at + 1),
      );
    }
  }

  /** Looks at a byte of the second field. */
  #length(queue: ReadableQueue, at: number): void {
    const index = at - this.#beginEnd;
    if (index < LENGTH.length) return expect(queue, at, LENGTH, index);
    const byte = queue.byte(at);
    const first = this.#beginEnd + LENGTH.length;
    if (byte === SOH && at > first) return this.#know(queue, first, at);
    if (isDigit(byte) && at - first < MOST_DIGITS) return;
    throw malformed(
      isDigit(byte)
        ? `its BodyLength (9) has more than ${MOST_DIGITS} digits`
        : `its BodyLength (9) must be digits and SOH (01), and has ${
          nameOf(byte)
        } at position ${at + 1}`,
      evidence(queue, at + 1),
    );
  }

  #know(queue: ReadableQueue, first: number, at: number): void {
    const body = readDigits(queue, first, at);
    const header = at + 1;
    const whole = typeof body === "bigint" ? body : header + body + TRAILER;
    if (typeof whole === "bigint" || whole > this.#max) {
      throw tooLarge(whole, this.#max, evidence(queue, header));
    }
    this.leastBytes = whole;
    this.#isKnown = true;
  }

  /** Checks the fields after the body, once the whole message has arrived. */
  #checkTrailer(queue: ReadableQueue): void {
    const size = this.leastBytes;
    const from = size - TRAILER;
    if (queue.byte(from - 1) !== SOH) {
      throw malformed(
        `its body of BodyLength (9) must end with SOH (01), not with ${
          nameOf(queue.byte(from - 1))
        }`,
        evidence(queue, size),
      );
    }
    for (let i = 0; i < CHECKSUM.length; i++) {
      expect(queue, from + i, CHECKSUM, i);
    }
    let sum = 0;
    for (const byte of queue.peek(0, from)) sum += byte;
    const right = String(sum % 256).padStart(3, "0");
    const given = String.fromCharCode(...queue.peek(size - 4, size - 1));
    if (given !== right || queue.byte(size - 1) !== SOH) {
      throw malformed(
        `its CheckSum (10) must be "${right}" and SOH (01), and is ${
          JSON.stringify(given)
        } and ${nameOf(queue.byte(size - 1))}`,
        evidence(queue, size),
      );
    }
  }
}

/** Refuses a byte that is not the one of a word at an index. */
function expect(
  queue: ReadableQueue,
  at: number,
  word: string,
  index: number,
): void {
  const byte = queue.byte(at);
  if (byte === word.charCodeAt(index)) return;
  throw malformed(
    `the byte at position ${at + 1} must be ${
      nameOf(word.charCodeAt(index))
    } of "${word}", not ${nameOf(byte)}`,
    evidence(queue, at + 1),
  );
}
