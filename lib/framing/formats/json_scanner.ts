/**
 * Finds the end of a JSON value by its grammar (RFC 8259), byte by byte.
 *
 * ```text
 *           ┌────────────── , ──────────────┐
 *           ▼                               │
 * ──────► VALUE ──► a string, literal ──► AFTER ──► ] or } closes; the value
 *          ▲  │     or number                       ends with the outermost
 *          │  └─ [ ──► FIRST_ITEM    { ──► FIRST_KEY ──► key ──► COLON ──┐
 *          └─────────────────────────────────────────────────────────────┘
 * ```
 *
 * All that is kept is which brackets are open, at most 100. So what a peer
 * sends cannot make the state grow.
 *
 * @module
 */

import type { ReadableQueue } from "../../bytes/readable_queue.ts";
import { isDigit } from "./digits.ts";
import { evidence, malformed, nameOf, tooLarge } from "../limits.ts";
import { canEndAt, ENDS, MINUS, numberGoesOn, WRONG } from "./json_number.ts";

/** How deep values may be nested. */
const MOST_JSON_LEVELS = 100;

// States; those of a number are 32 and above.
const VALUE = 0;
const FIRST_ITEM = 1;
const FIRST_KEY = 2;
const KEY = 3;
const COLON = 4;
const AFTER = 5;
const STRING = 6;
const ESCAPE = 7;
const HEX = 8;
const LITERAL = 9;

const WANTED: Readonly<Record<number, string>> = {
  [VALUE]: "a value",
  [FIRST_ITEM]: 'a value or "]"',
  [FIRST_KEY]: 'a key in quotes or "}"',
  [KEY]: "a key in quotes",
  [COLON]: 'a ":"',
  [STRING]: "an escape in place of a control character",
  [ESCAPE]: 'one of " \\ / b f n r t u behind a backslash',
  [HEX]: "four hexadecimal digits behind \\u",
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
const LITERALS: ReadonlyMap<number, string> = new Map([
  [0x74, "true"],
  [0x66, "false"],
  [0x6e, "null"],
]);
const ESCAPES = '"\\/bfnrtu';
const SMALL_U = 0x75;

/**
 * Tells whether a byte is a blank between the parts of a JSON text.
 *
 * @returns Whether it is a space, tab, LF or CR.
 */
export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Finds the end of a JSON value. */
export class JsonScanner {
  readonly #max: number;
  #state = VALUE;
  // Bytes of the value that were scanned; its size once it is complete.
  #searched = 0;
  #isWhole = false;
  // Which brackets are open, the outermost first: whether each is a "{".
  #open: boolean[] = [];
  #isKey = false;
  // The literal that has begun, and how much of it or of \uXXXX is still due.
  #literal = "";
  #due = 0;

  constructor(maxMessageBytes: number) {
    this.#max = maxMessageBytes;
  }

  /** Whether a part of a value was scanned. */
  get hasBegun(): boolean {
    return this.#searched > 0;
  }

  /**
   * The value's size in bytes, after {@linkcode JsonScanner.scan} gave `true`.
   */
  get size(): number {
    return this.#searched;
  }

  /** Whether the bytes so far are a number, which the next byte may end. */
  get canEnd(): boolean {
    return this.#open.length === 0 && canEndAt(this.#state);
  }

  /** Starts again, for the next value. */
  reset(): void {
    this.#state = VALUE;
    this.#searched = 0;
    this.#isWhole = false;
    if (this.#open.length > 0) this.#open = [];
  }

  /**
   * Continues where the last call stopped.
   *
   * @param queue The bytes, the value's first one in front.
   * @returns Whether the whole value is here.
   */
  scan(queue: ReadableQueue): boolean {
    const here = queue.gather();
    const most = Math.min(here, this.#max);
    let at = this.#searched;
    while (at < most && !this.#isWhole) {
      if (this.#state === STRING) at = this.#string(queue, at, most);
      // A number is ended by a byte that does not belong to it.
      else if (this.#step(queue, at, queue.byte(at))) at++;
    }
    this.#searched = at;
    if (!this.#isWhole && at < here) {
      this.#isWhole = this.canEnd &&
        numberGoesOn(this.#state, queue.byte(at)) === ENDS;
      if (!this.#isWhole) {
        throw tooLarge(undefined, this.#max, evidence(queue, at + 1));
      }
    }
    return this.#isWhole;
  }

  /**
   * Looks at a string up to its end or its next escape; returns where that is.
   */
  #string(queue: ReadableQueue, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = queue.byte(at);
      if (byte === QUOTE) {
        if (this.#isKey) this.#state = COLON;
        else this.#endValue();
        return at + 1;
      }
      if (byte === BACKSLASH) {
        this.#state = ESCAPE;
        return at + 1;
      }
      if (byte < SPACE) throw this.#refusal(queue, at);
    }
    return to;
  }

  /**
   * Takes in a byte outside of strings; returns whether it belongs to the
   * value.
   */
  #step(queue: ReadableQueue, at: number, byte: number): boolean {
    const state = this.#state;
    if (state >= MINUS) return this.#number(queue, at, byte);
    if (state <= AFTER && this.#open.length > 0 && isBlank(byte)) return true;
    const isDone = state === ESCAPE || state === HEX || state === LITERAL
      ? this.#inWord(byte)
      : this.#structure(queue, at, byte);
    if (!isDone) throw this.#refusal(queue, at);
    return true;
  }

  #structure(queue: ReadableQueue, at: number, byte: number): boolean {
    const isObject = this.#open.at(-1) === true;
    switch (this.#state) {
      case FIRST_ITEM:
        if (byte === 0x5d) return this.#close();
        return this.#begin(queue, at, byte);
      case VALUE:
        return this.#begin(queue, at, byte);
      case AFTER:
        if (byte === (isObject ? 0x7d : 0x5d)) return this.#close();
        if (byte !== COMMA) return false;
        this.#state = isObject ? KEY : VALUE;
        return true;
      case COLON:
        if (byte !== 0x3a) return false;
        this.#state = VALUE;
        return true;
      default:
        if (byte === 0x7d && this.#state === FIRST_KEY) return this.#close();
        if (byte !== QUOTE) return false;
        this.#isKey = true;
        this.#state = STRING;
        return true;
    }
  }

  #begin(queue: ReadableQueue, at: number, byte: number): boolean {
    if (byte === 0x7b || byte === 0x5b) {
      if (this.#open.length === MOST_JSON_LEVELS) {
        throw malformed(
          `its values are nested deeper than ${MOST_JSON_LEVELS} levels`,
          evidence(queue, at + 1),
        );
      }
      this.#open.push(byte === 0x7b);
      this.#state = byte === 0x7b ? FIRST_KEY : FIRST_ITEM;
    } else if (byte === QUOTE) {
      this.#isKey = false;
      this.#state = STRING;
    } else if (LITERALS.has(byte)) {
      this.#literal = LITERALS.get(byte)!;
      this.#due = this.#literal.length - 1;
      this.#state = LITERAL;
    } else {
      // As after a minus sign: a digit.
      const place = byte === 0x2d ? MINUS : numberGoesOn(MINUS, byte);
      if (place === WRONG) return false;
      this.#state = place;
    }
    return true;
  }

  /** Takes in a byte of a literal or of an escape. */
  #inWord(byte: number): boolean {
    if (this.#state === ESCAPE) {
      if (!ESCAPES.includes(String.fromCharCode(byte))) return false;
      this.#state = byte === SMALL_U ? HEX : STRING;
      this.#due = 4;
      return true;
    }
    if (this.#state === HEX) {
      if (!isHex(byte)) return false;
      if (--this.#due === 0) this.#state = STRING;
      return true;
    }
    const literal = this.#literal;
    if (byte !== literal.charCodeAt(literal.length - this.#due)) return false;
    if (--this.#due === 0) this.#endValue();
    return true;
  }

  #number(queue: ReadableQueue, at: number, byte: number): boolean {
    const place = numberGoesOn(this.#state, byte);
    if (place === WRONG) throw this.#refusal(queue, at);
    if (place === ENDS) this.#endValue();
    else this.#state = place;
    return place !== ENDS;
  }

  #close(): true {
    this.#open.pop();
    this.#endValue();
    return true;
  }

  #endValue(): void {
    if (this.#open.length === 0) this.#isWhole = true;
    this.#state = AFTER;
  }

  #refusal(queue: ReadableQueue, at: number): Error {
    return malformed(
      `position ${at + 1} must hold ${this.#wanted()}, not ${
        nameOf(queue.byte(at))
      }`,
      evidence(queue, at + 1),
    );
  }

  #wanted(): string {
    const state = this.#state;
    if (state === LITERAL) return `a letter of "${this.#literal}"`;
    if (state >= MINUS) {
      return canEndAt(state) ? "the end of a number" : "a digit";
    }
    if (state !== AFTER) return WANTED[state]!;
    return this.#open.at(-1) ? 'a "," or "}"' : 'a "," or "]"';
  }
}

function isHex(byte: number): boolean {
  // Setting this bit makes a capital letter a small one.
  const small = byte | 0x20;
  return isDigit(byte) || (small >= 0x61 && small <= 0x66);
}
