/**
 * The parts of an NMEA 0183 sentence.
 *
 * ```text
 * $           GPGLL,...   *27           CR LF
 * delimiter   payload     checksum 27   delimiter
 * ```
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";

const BACKSLASH = 0x5c;
const STAR = 0x2a;
const CR = 0x0d;
const LF = 0x0a;
// The star and two hexadecimal digits.
const CHECKSUM = 3;

/** Adds the parts of a sentence. */
export function addNmeaParts(parts: PartList, frame: Uint8Array): void {
  if (frame[0] === BACKSLASH) {
    const end = frame.indexOf(BACKSLASH, 1);
    parts.add("header", end === -1 ? frame.length : end + 1, "TAG block");
  }
  if (frame[parts.at] !== undefined) {
    if (!"$!".includes(String.fromCharCode(frame[parts.at]!))) return;
    parts.add("delimiter", 1, "start");
  }
  const isWhole = frame.at(-1) === LF && frame.at(-2) === CR;
  const end = frame.length - (isWhole ? 2 : 0);
  const sum = frame.subarray(Math.max(parts.at, end - CHECKSUM), end);
  if (sum[0] === STAR && /^\*[\da-f]{2}$/i.test(textOf(sum))) {
    parts.add("payload", end - CHECKSUM - parts.at)
      .add("checksum", CHECKSUM, `checksum ${textOf(sum).slice(1)}`);
  }
  parts.add("payload", end - parts.at);
  if (isWhole) parts.add("delimiter", 2, "CR LF");
}

function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
