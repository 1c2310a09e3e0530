/**
 * Protocols of lines, some of which announce a payload.
 *
 * ```text
 * PING CR LF                               a line
 * PUB greet 5 CR LF  hello CR LF           a line, then so many bytes
 * ```
 *
 * What a line announces is a {@linkcode LineRules} of the protocol.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { isDigit, MOST_DIGITS } from "../formats/digits.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";

const CR = 0x0d;
const LF = 0x0a;
// The longest line that announces a payload; nats-server and memcached allow as
// much for a whole line or less.
const MOST_CONTROL_BYTES = 4096;
// Of a longer word no protocol here makes a verb.
const MOST_VERB_BYTES = 16;

/** Reads the words after a verb: the payload's size, or why they are wrong. */
export type ReadSize = (words: readonly string[]) => bigint | string;

/** What the lines of a protocol announce. */
export interface LineRules {
  /** The shortest line in bytes, its end included. */
  readonly least: number;

  /** Whether a line may end with LF alone. */
  readonly acceptsLf?: boolean;

  /** Whether nothing follows a payload, where others have CR LF. */
  readonly endsBare?: boolean;

  /**
   * Looks at the first word of a line.
   *
   * @param verb The word as it is written, at most 16 characters of it.
   * @returns What reads the size of its payload, `undefined` if it announces
   * nothing, or why no line begins so.
   */
  rule(verb: string): ReadSize | string | undefined;
}

/** Finds the end of a line and its payload. */
export class PayloadLineScanner implements PacketScanner {
  leastBytes: number;
  readonly #rules: LineRules;
  readonly #max: number;
  // How far the line was looked at.
  #searched = 0;
  // Whether the line was read, so that leastBytes is the message's size.
  #isKnown = false;
  #hasPayload = false;

  constructor(rules: LineRules, maxMessageBytes: number) {
    this.#rules = rules;
    this.#max = maxMessageBytes;
    this.leastBytes = rules.least;
  }

  reset(): void {
    this.leastBytes = this.#rules.least;
    this.#searched = 0;
    this.#isKnown = this.#hasPayload = false;
  }

  scan(queue: ReadableQueue): boolean {
    if (!this.#isKnown && !this.#readLine(queue)) return false;
    const size = this.leastBytes;
    if (!queue.has(size)) return false;
    if (!this.#hasPayload || this.#rules.endsBare === true) return true;
    if (queue.byte(size - 2) === CR && queue.byte(size - 1) === LF) return true;
    throw malformed(
      `its payload must be followed by CR LF, not by ${
        nameOf(queue.byte(size - 2))
      } and ${nameOf(queue.byte(size - 1))}`,
      evidence(queue, size),
    );
  }

  #readLine(queue: ReadableQueue): boolean {
    const end = queue.indexOf(LF, this.#searched);
    const seen = end === -1 ? queue.length : end + 1;
    if (seen > this.#max) {
      throw tooLarge(undefined, this.#max, evidence(queue, this.#max + 1));
    }
    this.#searched = seen;
    if (end === -1) {
      // Perhaps all but the LF is here.
      this.leastBytes = Math.max(this.#rules.least, seen + 1);
      return false;
    }
    const hasCr = end > 0 && queue.byte(end - 1) === CR;
    if (!hasCr && this.#rules.acceptsLf !== true) {
      throw malformed(
        `its line must end with CR LF, and has an LF alone at position ${seen}`,
        evidence(queue, seen),
      );
    }
    this.#readWords(queue, hasCr ? end - 1 : end, seen);
    this.#isKnown = true;
    return true;
  }

  /** Reads the verb, and the size of the payload if one is announced. */
  #readWords(queue: ReadableQueue, end: number, seen: number): void {
    const verb = firstWord(queue, end);
    const rule = this.#rules.rule(verb);
    if (typeof rule === "string") {
      throw malformed(rule, evidence(queue, seen));
    }
    this.leastBytes = seen;
    if (rule === undefined) return;
    if (seen > MOST_CONTROL_BYTES) {
      throw malformed(
        `its line of ${seen} bytes is longer than ${MOST_CONTROL_BYTES}`,
        evidence(queue, seen),
      );
    }
    const line = String.fromCharCode(...queue.peek(verb.length, end));
    const words = line.split(/[ \t]+/).filter((word) => word !== "");
    const payload = rule(words);
    if (typeof payload === "string") {
      throw malformed(payload, evidence(queue, seen));
    }
    const trailer = this.#rules.endsBare === true ? 0n : 2n;
    const size = BigInt(seen) + payload + trailer;
    if (size > Number.MAX_SAFE_INTEGER || Number(size) > this.#max) {
      throw tooLarge(
        size > Number.MAX_SAFE_INTEGER ? size : Number(size),
        this.#max,
        evidence(queue, seen),
      );
    }
    this.leastBytes = Number(size);
    this.#hasPayload = true;
  }
}

/** The first word of a line, up to a blank or the end of the line. */
function firstWord(queue: ReadableQueue, end: number): string {
  let text = "";
  for (let at = 0; at < end && text.length < MOST_VERB_BYTES; at++) {
    const byte = queue.byte(at);
    if (byte === 0x20 || byte === 0x09) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

/** Whether a word is a size that is not absurdly long. */
export function isSize(text: string | undefined): text is string {
  return text !== undefined && text.length <= MOST_DIGITS && text.length > 0 &&
    Array.from(text).every((digit) => isDigit(digit.charCodeAt(0)));
}
