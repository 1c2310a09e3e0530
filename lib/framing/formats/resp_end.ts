/**
 * Finds the end of a RESP value that is here whole.
 *
 * @module
 */

import { MOST_RESP_LEVELS } from "./resp_scanner.ts";
import {
  ATTRIBUTE,
  BYTES,
  COUNT,
  kindOf,
  LINE_FEED,
  MINUS,
  TEXT,
} from "./resp_types.ts";

const CR = 0x0d;
const ZERO = 0x30;
const ONE = 0x31;
// A length with more digits is left to the scanner.
const MOST_QUICK_DIGITS = 9;
// What each open aggregate lacks; no value is read while another one is.
const LACKS = new Int32Array(MOST_RESP_LEVELS);

/** See {@linkcode FindEnd}. Streamed values are left to the scanner. */
export function respEnd(bytes: Uint8Array, from: number): number {
  const { length } = bytes;
  let depth = 0;
  for (let at = from; at < length;) {
    const kind = kindOf(bytes[at]!);
    let next = at + 1;
    let lacks = 0;
    if (kind === TEXT) {
      // Nearly all bytes are above both CR and LF.
      for (; next < length; next++) {
        const byte = bytes[next]!;
        if (byte > CR) continue;
        if (byte === CR) break;
        if (byte === LINE_FEED) return -1;
      }
    } else if (kind >= BYTES && kind <= ATTRIBUTE) {
      const first = bytes[next]! - ZERO;
      if (first >= 0 && first <= 9) {
        let value = first;
        for (next++; next < length; next++) {
          const digit = bytes[next]! - ZERO;
          if (!(digit >= 0 && digit <= 9)) break;
          value = value * 10 + digit;
        }
        const digits = next - at - 1;
        if (digits > MOST_QUICK_DIGITS || (first === 0 && digits > 1)) {
          return -1;
        }
        if (kind === BYTES) {
          const end = next + 2 + value;
          if (end >= length || bytes[end] !== CR) return -1;
          if (bytes[next] !== CR || bytes[next + 1] !== LINE_FEED) return -1;
          next = end;
        } else {
          lacks = kind === COUNT
            ? value
            : 2 * value + (kind === ATTRIBUTE ? 1 : 0);
        }
      } else if (isNull(bytes, at)) next = at + 3;
      else return -1;
    } else return -1;
    if (next + 1 >= length || bytes[next] !== CR) return -1;
    if (bytes[next + 1] !== LINE_FEED) return -1;
    at = next + 2;
    if (lacks > 0) {
      if (depth === MOST_RESP_LEVELS) return -1;
      LACKS[depth++] = lacks;
      continue;
    }
    while (depth > 0 && --LACKS[depth - 1]! === 0) depth--;
    if (depth === 0) return at;
  }
  return -1;
}

/** Whether a line is `$-1` or `*-1`, the nulls of RESP 2. */
function isNull(bytes: Uint8Array, at: number): boolean {
  const type = bytes[at];
  return (type === 0x24 || type === 0x2a) &&
    bytes[at + 1] === MINUS && bytes[at + 2] === ONE;
}
