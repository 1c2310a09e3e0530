/**
 * The grammar of a JSON number, one byte after the other.
 *
 * ```text
 * ─ - ─► MINUS ──► ZERO or INTEGER ── . ──► POINT ──► FRACTION ── e ──► ...
 * ... EXPONENT ── + or - ──► SIGN ──► POWER
 * ```
 *
 * @module
 */

import { isDigit } from "./digits.ts";

/** The places in a number; a number can end in some of them. */
export const MINUS = 32;
const ZERO = 33;
const INTEGER = 34;
const POINT = 35;
const FRACTION = 36;
const EXPONENT = 37;
const SIGN = 38;
const POWER = 39;

/** The number ends before the byte. */
export const ENDS = 0;
/** The byte is not allowed there. */
export const WRONG = 1;

const DIGIT_ZERO = 0x30;
const DOT = 0x2e;
const PLUS = 0x2b;
const DASH = 0x2d;
const SMALL_E = 0x65;

// What would make another word of the number: 12a, 1.2.3, 01, 1-2.
const WORD = new Uint8Array(256);
for (const word of "0123456789abcdefghijklmnopqrstuvwxyz+-._") {
  WORD[word.charCodeAt(0)] = WORD[word.toUpperCase().charCodeAt(0)] = 1;
}

/**
 * Tells whether a number may end at a place.
 *
 * @returns Whether it may.
 */
export function canEndAt(place: number): boolean {
  return place === ZERO || place === INTEGER || place === FRACTION ||
    place === POWER;
}

/**
 * Takes in the next byte of a number.
 *
 * @param place Where the number is.
 * @returns The next place, {@linkcode ENDS} or {@linkcode WRONG}.
 */
export function numberGoesOn(place: number, byte: number): number {
  const digit = isDigit(byte);
  switch (place) {
    case MINUS:
      return digit ? byte === DIGIT_ZERO ? ZERO : INTEGER : WRONG;
    case POINT:
      return digit ? FRACTION : WRONG;
    case EXPONENT:
      if (byte === PLUS || byte === DASH) return SIGN;
      return digit ? POWER : WRONG;
    case SIGN:
      return digit ? POWER : WRONG;
  }
  if (digit && place !== ZERO) return place;
  // Setting this bit makes "E" an "e".
  if ((byte | 0x20) === SMALL_E && place !== POWER) return EXPONENT;
  if (byte === DOT && (place === ZERO || place === INTEGER)) return POINT;
  return WORD[byte] === 1 ? WRONG : ENDS;
}
