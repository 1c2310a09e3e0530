/**
 * The parts of a RESP value: its lines, one after the other.
 *
 * ```text
 * *2          CR LF   $3         CR LF   GET       CR LF   +OK
 * 2 elements          length 3           payload           simple string, payload
 * ```
 *
 * @module
 */

import type { PartList } from "../explain/part_list.ts";
import { BYTES, CHUNK, kindOf, TEXT } from "./resp_types.ts";

const LF = 0x0a;
const CR = 0x0d;
const END_BYTES = 2;
// A minus sign and 20 digits; a longer line does not hold a length.
const MOST_LENGTH_BYTES = 21;

const NAMES: Readonly<Record<string, string>> = {
  "+": "simple string",
  "-": "error",
  ":": "integer",
  "_": "null",
  "#": "boolean",
  ",": "double",
  "(": "big number",
  "*": "array",
  "~": "set",
  ">": "push",
  "%": "map",
  "|": "attribute",
  ".": "end of a stream",
};

/** Adds the lines of a value and what they announce. */
export function addRespParts(parts: PartList, frame: Uint8Array): void {
  while (parts.rest > 0 && !parts.isFull) {
    const from = parts.at;
    const kind = kindOf(frame[from]!);
    const feed = frame.indexOf(LF, from);
    if (kind === 0) return;
    const end = feed === -1 ? frame.length : feed - 1;
    if (feed !== -1 && (end <= from || frame[end] !== CR)) return;
    const type = String.fromCharCode(frame[from]!);
    const number = numberIn(frame.subarray(from + 1, end));
    if (kind === TEXT) {
      parts.add("header", 1, NAMES[type]).add("payload", end - from - 1);
    } else if (kind === BYTES || kind === CHUNK) {
      parts.add("length", end - from, `length ${number}`);
    } else {
      parts.add("header", end - from, `${NAMES[type]} ${number}`.trim());
    }
    parts.add("delimiter", feed === -1 ? 0 : END_BYTES, "CR LF");
    const size = Number(number);
    const isPayload = kind === BYTES || (kind === CHUNK && size > 0);
    if (feed === -1 || !isPayload || !(size >= 0)) continue;
    parts.add("payload", size);
    const behind = frame.subarray(parts.at, parts.at + END_BYTES);
    if (behind.some((byte, i) => byte !== (i === 0 ? CR : LF))) return;
    parts.add("delimiter", END_BYTES, "CR LF");
  }
}

/** The digits of a line, `?` or empty if it has none. */
function numberIn(line: Uint8Array): string {
  if (line.length > MOST_LENGTH_BYTES) return "?";
  const text = String.fromCharCode(...line);
  return /^(?:-?\d*|\?)$/.test(text) ? text : "?";
}
