/**
 * NMEA 0183, what GPS receivers and ships' instruments send: sentences.
 *
 * ```text
 * $GPGLL,5057.970,N,00146.110,E,142451,A*27 CR LF       27: all between $ and *, XORed
 * !AIVDM,1,1,,A,14eG;o@034o8sd<L9i:a;WF>062D,0*7D CR LF
 * \s:r3669961,c:1120959341*hh\!AIVDM,...                with a TAG block in front
 * ```
 *
 * A checksum is verified if it is there; some instruments leave it out. The
 * standard's longest sentence has 82 bytes, and instruments send longer ones, so
 * only `maxMessageBytes` bounds it.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";

const CR = 0x0d;
const LF = 0x0a;
const STAR = 0x2a;
const BACKSLASH = 0x5c;
const BEGIN = "$!\\";
// "$", CR and LF.
const LEAST = 3;

/** Finds the end of a sentence and verifies its checksum. */
export class NmeaScanner implements PacketScanner {
  readonly #max: number;
  #searched = 0;
  #hasEnd = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return this.#hasEnd ? this.#searched : Math.max(LEAST, this.#searched + 1);
  }

  reset(): void {
    this.#searched = 0;
    this.#hasEnd = false;
  }

  scan(queue: ReadableQueue): boolean {
    for (;;) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      if (at >= this.#max) {
        throw tooLarge(undefined, this.#max, evidence(queue, at + 1));
      }
      const byte = queue.byte(at);
      const isEnd = byte === LF && at > 1 && queue.byte(at - 1) === CR;
      if (!isEnd) checkByte(queue, at, byte);
      this.#searched = at + 1;
      if (!isEnd) continue;
      checkSums(queue, at + 1);
      this.#hasEnd = true;
      return true;
    }
  }
}

/** Refuses a byte that is not part of a sentence. */
function checkByte(queue: ReadableQueue, at: number, byte: number): void {
  if (at === 0) {
    if (BEGIN.includes(String.fromCharCode(byte))) return;
    throw malformed(
      `a sentence begins with "$" or "!", not with ${nameOf(byte)}`,
      evidence(queue, 1),
    );
  }
  const before = queue.byte(at - 1);
  if (before !== CR && (byte === CR || (byte >= 0x20 && byte < 0x7f))) return;
  throw malformed(
    `a sentence is of printable characters and ends with CR LF, and has ${
      nameOf(before === CR ? before : byte)
    } at position ${before === CR ? at : at + 1}`,
    evidence(queue, at + 1),
  );
}

/** Verifies the checksums of a TAG block and of the sentence. */
function checkSums(queue: ReadableQueue, size: number): void {
  let from = 0;
  if (queue.byte(0) === BACKSLASH) {
    let end = 1;
    while (end < size && queue.byte(end) !== BACKSLASH) end++;
    const next = end + 1 < size ? queue.byte(end + 1) : 0;
    if (!"$!".includes(String.fromCharCode(next))) {
      throw malformed(
        'a TAG block must end with "\\" before a sentence',
        evidence(queue, size),
      );
    }
    checkSum(queue, 1, end, size);
    from = end + 1;
  }
  checkSum(queue, from + 1, size - 2, size);
}

/** Verifies a checksum, if there is one, from behind the first byte to the end. */
function checkSum(
  queue: ReadableQueue,
  from: number,
  end: number,
  size: number,
): void {
  let sum = 0;
  let at = from;
  for (; at < end && queue.byte(at) !== STAR; at++) sum ^= queue.byte(at);
  if (at === end) return;
  const right = sum.toString(16).toUpperCase().padStart(2, "0");
  const given = String.fromCharCode(
    ...queue.peek(at + 1, Math.min(end, at + 4)),
  );
  if (given.toUpperCase() === right) return;
  throw malformed(
    `its checksum must be "${right}", and is ${JSON.stringify(given)}`,
    evidence(queue, size),
  );
}
