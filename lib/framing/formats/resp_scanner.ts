/**
 * Finds the end of a RESP value.
 *
 * ```text
 *              ┌──── value closed, its aggregate lacks more ────┐
 *              ▼                                                │
 * ─────────► line ──length──► payload, CR LF ──────────────► closed ──► packet
 *              │  ──text──────────────────────────────────►     │
 *              └──count──► opens an aggregate ──► line
 * ```
 *
 * A value needs at least three bytes, so a count announces a size: an array of
 * 2^40 elements is refused when its line has been read, and a count never
 * allocates anything. What is kept is one number for each open aggregate.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { ProtocolError } from "../../errors.ts";
import { readDigits } from "./digits.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";
import type { PacketScanner } from "./packet.ts";
import {
  ATTRIBUTE,
  BYTES,
  checkLineFeed,
  CHUNK,
  COUNT,
  END,
  kindOf,
  lengthFault,
  LINE_FEED,
  MINUS,
  PAIRS,
  QUESTION,
  STREAMED,
  STREAMED_KEYS,
  STREAMED_VALUES,
  TEXT,
  typeFault,
} from "./resp_types.ts";

/** How deep values may be nested. */
export const MOST_RESP_LEVELS = 100;

const CR = 0x0d;
// The shortest value is a type, CR and LF: a null or an empty line.
const LEAST_VALUE = 3;

/** Finds the end of a RESP value. */
export class RespScanner implements PacketScanner {
  readonly #max: number;
  // Where the current line begins, and how far it was scanned.
  #line = 0;
  #searched = 0;
  // Where the payload ends that is awaited, its CR LF included; 0 without one.
  #payloadEnd = 0;
  // Where the line that is read now ends at the earliest, 0 between lines.
  #lineEnd = 0;
  // What has been announced and has not begun: values and the ends of streams.
  #due = 1;
  // What each open aggregate lacks, the outermost one first.
  #open: number[] = [];
  // Whether the parts of a streamed string follow.
  #inChunks = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  get leastBytes(): number {
    return (this.#payloadEnd || this.#lineEnd || this.#line) +
      LEAST_VALUE * this.#due;
  }

  reset(): void {
    this.#line = this.#searched = 0;
    this.#payloadEnd = this.#lineEnd = 0;
    this.#due = 1;
    if (this.#open.length > 0) this.#open = [];
    this.#inChunks = false;
  }

  scan(queue: ReadableQueue): boolean {
    for (;;) {
      if (this.#payloadEnd > 0) {
        if (!this.#takePayload(queue)) return false;
        if (!this.#inChunks && this.#close()) return true;
      }
      const from = this.#line;
      if (!queue.has(from + 1)) return false;
      const type = queue.byte(from);
      const kind = kindOf(type);
      this.#checkType(queue, type, kind);
      const isWhole = kind === TEXT || kind === END
        ? this.#text(queue, kind)
        : this.#number(queue, type);
      if (!isWhole) return false;
      if (this.#endOfLine(queue, type, kind, from) && this.#close()) {
        return true;
      }
    }
  }

  /** Refuses a line of a type that is not allowed here. */
  #checkType(queue: ReadableQueue, type: number, kind: number): void {
    const at = this.#line;
    if (this.#searched > at) return;
    const depth = this.#open.length;
    const last = depth === 0 ? 0 : this.#open[depth - 1]!;
    const reason = typeFault(type, this.#inChunks, last);
    if (reason !== undefined) throw malformed(reason, evidence(queue, at + 1));
    // What has begun is not due any more. In a stream only its end was due.
    if (last >= 0 || kind === END || kind === CHUNK) this.#due--;
    this.#searched = at + 1;
  }

  /** Looks at a line of text; returns whether its end is here. */
  #text(queue: ReadableQueue, kind: number): boolean {
    // A byte of the line, its CR and its LF must fit, and all that is due.
    const most = this.#max - LEAST_VALUE * this.#due - 3;
    for (let at = this.#searched;; at++) {
      if (!queue.has(at + 1)) return this.#wait(at);
      const byte = queue.byte(at);
      if (byte === CR) return this.#lineFeed(queue, at);
      if (byte === LINE_FEED || kind === END) {
        throw malformed(
          kind === END
            ? `a "." must be followed by CR LF, not by ${nameOf(byte)}`
            : `its line has an LF without a CR at position ${at + 1}`,
          evidence(queue, at + 1),
        );
      }
      if (at > most) {
        throw tooLarge(undefined, this.#max, evidence(queue, at + 1));
      }
    }
  }

  /** The same for a line of one number. */
  #number(queue: ReadableQueue, type: number): boolean {
    const from = this.#line + 1;
    for (let at = this.#searched;; at++) {
      if (!queue.has(at + 1)) return this.#wait(at);
      const byte = queue.byte(at);
      if (byte === CR && at > from && queue.byte(at - 1) !== MINUS) {
        return this.#lineFeed(queue, at);
      }
      // The first digit of nearly every length, without a call.
      if (at === from && byte > 0x30 && byte <= 0x39) continue;
      const reason = lengthFault(queue, type, from, at);
      if (reason !== undefined) {
        throw malformed(reason, evidence(queue, at + 1));
      }
    }
  }

  #wait(at: number): false {
    this.#searched = at;
    this.#lineEnd = Math.max(at + 2, this.#line + LEAST_VALUE);
    return false;
  }

  #lineFeed(queue: ReadableQueue, at: number): boolean {
    const end = at + 2;
    if (end + LEAST_VALUE * this.#due > this.#max) {
      throw tooLarge(undefined, this.#max, evidence(queue, at + 1));
    }
    if (!queue.has(end)) return this.#wait(at);
    checkLineFeed(queue, at);
    this.#line = this.#searched = end;
    this.#lineEnd = 0;
    return true;
  }

  /** Acts on a whole line; returns whether it closes a value. */
  #endOfLine(
    queue: ReadableQueue,
    type: number,
    kind: number,
    from: number,
  ): boolean {
    if (kind === END) this.#open.pop();
    if (kind === TEXT || kind === END) return true;
    const first = queue.byte(from + 1);
    // RESP 2 writes a null as a length or a count of -1.
    if (first === MINUS) return true;
    if (first === QUESTION) return this.#openStream(queue, kind);
    const value = readDigits(queue, from + 1, this.#line - 2);
    if (kind === BYTES || kind === CHUNK) {
      return this.#openPayload(queue, kind, value);
    }
    const count = kind === COUNT
      ? Number(value)
      : 2 * Number(value) + (kind === ATTRIBUTE ? 1 : 0);
    if (count === 0) return true;
    this.#openAggregate(queue, type, value, count);
    return false;
  }

  #openPayload(
    queue: ReadableQueue,
    kind: number,
    size: number | bigint,
  ): boolean {
    if (kind === CHUNK) {
      this.#inChunks = size !== 0;
      if (size === 0) return true;
      this.#due++;
    }
    this.#payloadEnd = this.#line + Number(size) + 2;
    if (typeof size === "bigint" || this.leastBytes > this.#max) {
      throw tooLarge(
        typeof size === "bigint" ? size : this.leastBytes,
        this.#max,
        evidence(queue, this.#line),
      );
    }
    return false;
  }

  #takePayload(queue: ReadableQueue): boolean {
    const end = this.#payloadEnd;
    if (!queue.has(end - 1)) return false;
    if (queue.byte(end - 2) !== CR) {
      throw malformed(
        `its bytes must be followed by CR LF, not by ${
          nameOf(queue.byte(end - 2))
        }`,
        evidence(queue, end - 1),
      );
    }
    if (!queue.has(end)) return false;
    checkLineFeed(queue, end - 2);
    this.#line = this.#searched = end;
    this.#payloadEnd = 0;
    return true;
  }

  #openStream(queue: ReadableQueue, kind: number): boolean {
    this.#due++;
    if (kind === BYTES) this.#inChunks = true;
    else this.#push(queue, kind === PAIRS ? STREAMED_KEYS : STREAMED);
    if (this.leastBytes > this.#max) {
      throw tooLarge(undefined, this.#max, evidence(queue, this.#line));
    }
    return false;
  }

  #openAggregate(
    queue: ReadableQueue,
    type: number,
    declared: number | bigint,
    count: number,
  ): void {
    this.#push(queue, count);
    this.#due += count;
    if (typeof declared !== "bigint" && this.leastBytes <= this.#max) return;
    const limitBytes = Math.min(this.#max, Number.MAX_SAFE_INTEGER);
    throw new ProtocolError("too_large", {
      reason: `its ${
        nameOf(type)
      } of ${declared} elements makes it longer than the limit of ${limitBytes} bytes`,
      option: "maxMessageBytes",
    }, {
      declaredBytes: typeof declared === "bigint"
        ? BigInt(this.#line) + BigInt(LEAST_VALUE) * declared
        : this.leastBytes,
      limitBytes,
      firstBytes: evidence(queue, this.#line),
    });
  }

  #push(queue: ReadableQueue, lacks: number): void {
    if (this.#open.length === MOST_RESP_LEVELS) {
      throw malformed(
        `its values are nested deeper than ${MOST_RESP_LEVELS} levels`,
        evidence(queue, this.#line),
      );
    }
    this.#open.push(lacks);
  }

  /** Counts a value that has ended; returns whether the packet ends with it. */
  #close(): boolean {
    const open = this.#open;
    for (let last = open.length - 1; last >= 0; last--) {
      const lacks = open[last]!;
      if (lacks > 1) open[last] = lacks - 1;
      else if (lacks === STREAMED_KEYS) open[last] = STREAMED_VALUES;
      else if (lacks === STREAMED_VALUES) open[last] = STREAMED_KEYS;
      if (lacks !== 1) return false;
      open.pop();
    }
    return true;
  }
}
