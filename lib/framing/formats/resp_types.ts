/**
 * The types of RESP lines, and what may follow each.
 *
 * ```text
 * + - : _ # , (    text                    $ ! =    a length, then a payload
 * * ~ >            a count of values       % |      a count of pairs
 * ;                a part of $?            .        the end of *? ~? %?
 * ```
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { isDigit, MOST_DIGITS } from "./digits.ts";
import { evidence, malformed, nameOf } from "../limits.ts";

/**
 * The values that an open aggregate still needs: a count above 0, or one of
 * these.
 */
export const STREAMED = -1;
export const STREAMED_KEYS = -2;
export const STREAMED_VALUES = -3;

/** The second byte of a line's end. */
export const LINE_FEED = 0x0a;

/** The kinds of lines, by their first byte; 0 for an unknown one. */
export const TEXT = 1;
export const BYTES = 2;
export const COUNT = 3;
export const PAIRS = 4;
export const ATTRIBUTE = 5;
export const END = 6;
export const CHUNK = 7;

const KINDS = new Uint8Array(256);
for (const type of "+-:_#,(") KINDS[type.charCodeAt(0)] = TEXT;
for (const type of "$!=") KINDS[type.charCodeAt(0)] = BYTES;
for (const type of "*~>") KINDS[type.charCodeAt(0)] = COUNT;
KINDS["%".charCodeAt(0)] = PAIRS;
KINDS["|".charCodeAt(0)] = ATTRIBUTE;
KINDS[".".charCodeAt(0)] = END;
KINDS[";".charCodeAt(0)] = CHUNK;

const NULLABLE = "$*";
const STREAMABLE = "$*~%";

const ZERO = 0x30;
const ONE = 0x31;
/** Begins the length of a null. */
export const MINUS = 0x2d;
/** Stands in place of a length that is not known yet. */
export const QUESTION = 0x3f;

/**
 * The kind of a line.
 *
 * @returns The kind, or 0 if no line begins so.
 */
export function kindOf(type: number): number {
  return KINDS[type]!;
}

/**
 * Checks the first byte of a line.
 *
 * @param inChunks Whether the parts of a streamed string are read.
 * @param lacks What the innermost open aggregate lacks, 0 without one.
 * @returns Why such a line is not allowed here, or `undefined`.
 */
export function typeFault(
  type: number,
  inChunks: boolean,
  lacks: number,
): string | undefined {
  const kind = kindOf(type);
  if (inChunks) {
    return kind === CHUNK
      ? undefined
      : `a part of a streamed string must begin with ";", not with ${
        nameOf(type)
      }`;
  }
  if (kind === CHUNK) return 'a ";" must follow a streamed string';
  if (kind === END) {
    if (lacks >= 0) return 'a "." must follow a streamed array, set or map';
    if (lacks !== STREAMED_VALUES) return undefined;
    return "a streamed map ends after a key, without its value";
  }
  return kind === 0
    ? `a value must begin with one of + - : $ * _ # , ( ! = ~ % > |, not with ${
      nameOf(type)
    }`
    : undefined;
}

/**
 * Checks a byte of a line that is a number.
 *
 * @param type The line's first byte.
 * @param from Where the number begins.
 * @returns What is wrong with it, or `undefined`.
 */
export function lengthFault(
  queue: ReadableQueue,
  type: number,
  from: number,
  at: number,
): string | undefined {
  const byte = queue.byte(at);
  const name = String.fromCharCode(type);
  const first = queue.byte(from);
  if (at === from) {
    if (isDigit(byte)) return undefined;
    if (byte === MINUS && NULLABLE.includes(name)) return undefined;
    if (byte === QUESTION && STREAMABLE.includes(name)) return undefined;
  } else if (first === MINUS) {
    // RESP 2 writes a null as -1, and knows no other negative length.
    if (at === from + 1 && byte === ONE) return undefined;
  } else if (first !== QUESTION && isDigit(byte)) {
    if (first === ZERO) return "its length must not begin with zero";
    if (at - from < MOST_DIGITS) return undefined;
    return `its length has more than ${MOST_DIGITS} digits`;
  }
  return `the ${nameOf(type)} must be followed by a length and CR LF, and has ${
    nameOf(byte)
  } at position ${at + 1}`;
}

/**
 * Checks the byte after a CR.
 *
 * @param at Where the CR is.
 * @throws {ProtocolError} If no LF follows it.
 */
export function checkLineFeed(queue: ReadableQueue, at: number): void {
  const byte = queue.byte(at + 1);
  if (byte === LINE_FEED) return;
  throw malformed(
    `its CR at position ${at + 1} must be followed by LF, not by ${
      nameOf(byte)
    }`,
    evidence(queue, at + 2),
  );
}
