/**
 * NATS: lines, some of which announce a payload.
 *
 * ```text
 * PING CR LF
 * PUB greet 5 CR LF  hello CR LF               subject, size
 * MSG greet 1 inbox 5 CR LF  hello CR LF       subject, subscription, reply, size
 * HPUB greet 12 17 CR LF  NATS/1.0 ...         size of the headers, size of all
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { isDigit, MOST_DIGITS } from "../formats/digits.ts";
import type { PacketScanner } from "../formats/packet.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";

const CR = 0x0d;
const LF = 0x0a;
// "+OK" and CR LF.
const LEAST = 5;
// The longest line of a message with a payload; nats-server allows as much.
const MOST_CONTROL_BYTES = 4096;

/** How many words follow each verb with a payload, without its optional reply. */
const PAYLOADS: ReadonlyMap<string, number> = new Map([
  ["PUB", 2],
  ["MSG", 3],
  ["HPUB", 3],
  ["HMSG", 4],
]);
const VERBS: ReadonlySet<string> = new Set([
  ...PAYLOADS.keys(),
  "INFO",
  "CONNECT",
  "SUB",
  "UNSUB",
  "PING",
  "PONG",
  "+OK",
  "-ERR",
]);

/** Finds the end of a message of the NATS client protocol. */
export class NatsScanner implements PacketScanner {
  leastBytes = LEAST;
  readonly #max: number;
  // How far the line was looked at.
  #searched = 0;
  // Whether the line was read, so that leastBytes is the message's size.
  #isKnown = false;
  #hasPayload = false;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  reset(): void {
    this.leastBytes = LEAST;
    this.#searched = 0;
    this.#isKnown = this.#hasPayload = false;
  }

  scan(queue: ReadableQueue): boolean {
    if (!this.#isKnown && !this.#readLine(queue)) return false;
    const size = this.leastBytes;
    if (!queue.has(size)) return false;
    if (!this.#hasPayload) return true;
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
      this.leastBytes = Math.max(LEAST, seen + 1);
      return false;
    }
    if (end === 0 || queue.byte(end - 1) !== CR) {
      throw malformed(
        `its line must end with CR LF, and has an LF alone at position ${seen}`,
        evidence(queue, seen),
      );
    }
    this.#readWords(queue, end - 1, seen);
    this.#isKnown = true;
    return true;
  }

  /** Reads the verb, and the size of the payload if one is announced. */
  #readWords(queue: ReadableQueue, end: number, seen: number): void {
    const verb = word(queue, 0, end);
    if (!VERBS.has(verb.toUpperCase())) {
      throw malformed(
        `a line must begin with ${Array.from(VERBS).join(", ")}`,
        evidence(queue, seen),
      );
    }
    this.leastBytes = seen;
    const words = PAYLOADS.get(verb.toUpperCase());
    if (words === undefined) return;
    if (seen > MOST_CONTROL_BYTES) {
      throw malformed(
        `its line of ${seen} bytes is longer than ${MOST_CONTROL_BYTES}`,
        evidence(queue, seen),
      );
    }
    const line = String.fromCharCode(...queue.peek(verb.length, end));
    const given = line.split(/[ \t]+/).filter((word) => word !== "");
    const isRight = given.length === words || given.length === words + 1;
    const sizes = verb.length === 4 ? given.slice(-2) : given.slice(-1);
    if (!isRight || !sizes.every(isSize)) {
      throw malformed(
        `${verb} must be followed by ${words} or ${
          words + 1
        } words, of which the last ${
          sizes.length === 1 ? "one is a size" : "two are sizes"
        }`,
        evidence(queue, seen),
      );
    }
    this.#readSizes(queue, sizes.map(BigInt), seen);
  }

  #readSizes(
    queue: ReadableQueue,
    sizes: readonly bigint[],
    seen: number,
  ): void {
    const [first, last] = [sizes[0]!, sizes.at(-1)!];
    if (first > last) {
      throw malformed(
        `its headers of ${first} bytes are longer than all its ${last} bytes`,
        evidence(queue, seen),
      );
    }
    const size = BigInt(seen) + last + 2n;
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

/** The word at a place, up to a blank or the end of the line. */
function word(queue: ReadableQueue, from: number, end: number): string {
  let text = "";
  for (let at = from; at < end && text.length < 8; at++) {
    const byte = queue.byte(at);
    if (byte === 0x20 || byte === 0x09) break;
    text += String.fromCharCode(byte);
  }
  return text;
}

function isSize(text: string): boolean {
  return text.length <= MOST_DIGITS && text.length > 0 &&
    Array.from(text).every((digit) => isDigit(digit.charCodeAt(0)));
}
