/**
 * STOMP 1.0 to 1.2: a command, headers, an empty line, a body, NUL.
 *
 * ```text
 * SEND LF  destination:/queue/a LF  content-length:5 LF  LF  hello NUL
 * LF                                              between frames: a heart-beat
 * ```
 *
 * Without `content-length` the body ends at the first NUL. The lines may end with
 * CR LF, as in version 1.2. A heart-beat, which is the end of a line where a frame
 * could begin, is a message too.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";
import { isSize } from "./payload_lines.ts";

const NUL = 0;
const CR = 0x0d;
const LF = 0x0a;
const LENGTH = "content-length:";

const COMMANDS: ReadonlySet<string> = new Set([
  ...["CONNECT", "STOMP", "SEND", "SUBSCRIBE", "UNSUBSCRIBE", "ACK", "NACK"],
  ...["BEGIN", "COMMIT", "ABORT", "DISCONNECT"],
  ...["CONNECTED", "MESSAGE", "RECEIPT", "ERROR"],
]);

/** Finds the end of a STOMP frame or a heart-beat. */
export class StompScanner implements PacketScanner {
  readonly #max: number;
  // Where the current line of the head begins; how far all was looked at.
  #line = 0;
  #searched = 0;
  // Whether the head was read, and where the frame ends if that is known.
  #hasHead = false;
  #size = 0;
  // The first content-length; the standard says that later ones do not count.
  #length: bigint | undefined;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return this.#size || this.#searched + 1;
  }

  reset(): void {
    this.#line = this.#searched = this.#size = 0;
    this.#hasHead = false;
    this.#length = undefined;
  }

  scan(queue: ReadableQueue): boolean {
    while (!this.#hasHead && this.#size === 0) {
      if (!this.#readLine(queue)) return false;
    }
    if (this.#size === 0) return this.#findNul(queue);
    if (!queue.has(this.#size)) return false;
    if (!this.#hasHead || queue.byte(this.#size - 1) === NUL) return true;
    throw malformed(
      `its body of ${this.#length} bytes must be followed by NUL, not by ${
        nameOf(queue.byte(this.#size - 1))
      }`,
      evidence(queue, this.#size),
    );
  }

  /** Reads a line of the head; returns whether it is here. */
  #readLine(queue: ReadableQueue): boolean {
    for (;;) {
      const at = this.#searched;
      if (!queue.has(at + 1)) return false;
      this.#checkSize(queue, at + 1);
      const byte = queue.byte(at);
      this.#searched = at + 1;
      if (byte === LF) break;
      if (byte !== NUL) continue;
      throw malformed(
        `its headers must end with an empty line before the NUL at position ${
          at + 1
        }`,
        evidence(queue, at + 1),
      );
    }
    const end = this.#searched;
    const hasCr = end - 1 > this.#line && queue.byte(end - 2) === CR;
    this.#endLine(queue, hasCr ? end - 2 : end - 1);
    this.#line = end;
    return true;
  }

  /** Acts on a whole line. */
  #endLine(queue: ReadableQueue, end: number): void {
    const from = this.#line;
    const seen = this.#searched;
    if (from === end) {
      if (from === 0) this.#size = seen;
      else this.#endHead(queue);
      return;
    }
    // A header is only looked at if it may be the length.
    const least = from === 0 ? 0 : LENGTH.length;
    if (end - from < least || (least > 0 && this.#length !== undefined)) return;
    const to = Math.min(end, from + MOST_LOOKED_AT);
    const line = String.fromCharCode(...queue.peek(from, to));
    if (from > 0) this.#readHeader(queue, line);
    else if (to < end || !COMMANDS.has(line)) {
      throw malformed(
        `a frame must begin with ${Array.from(COMMANDS).join(", ")}`,
        evidence(queue, seen),
      );
    }
  }

  #readHeader(queue: ReadableQueue, line: string): void {
    if (!line.startsWith(LENGTH)) return;
    const size = line.slice(LENGTH.length).trim();
    if (!isSize(size)) {
      throw malformed(
        "its content-length must be digits",
        evidence(queue, this.#searched),
      );
    }
    this.#length = BigInt(size);
  }

  #endHead(queue: ReadableQueue): void {
    this.#hasHead = true;
    if (this.#length === undefined) return;
    const size = BigInt(this.#searched) + this.#length + 1n;
    if (size > Number.MAX_SAFE_INTEGER || Number(size) > this.#max) {
      throw tooLarge(
        size > Number.MAX_SAFE_INTEGER ? size : Number(size),
        this.#max,
        evidence(queue, this.#searched),
      );
    }
    this.#size = Number(size);
  }

  /** Looks for the NUL that ends a body of unknown length. */
  #findNul(queue: ReadableQueue): boolean {
    const at = queue.indexOf(NUL, this.#searched);
    const seen = at === -1 ? queue.length : at + 1;
    this.#checkSize(queue, seen);
    this.#searched = seen;
    if (at === -1) return false;
    this.#size = seen;
    return true;
  }

  #checkSize(queue: ReadableQueue, seen: number): void {
    if (seen <= this.#max) return;
    throw tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
  }
}

// "content-length:", a few blanks, the 20 digits of the largest number and CR.
const MOST_LOOKED_AT = 64;
