/**
 * The parts of a STOMP frame.
 *
 * ```text
 * SEND LF    content-length:5 LF   LF           hello     NUL
 * command    length 5              empty line   payload   delimiter
 * ```
 *
 * @module
 */

import type { PartList } from "../../explain/part_list.ts";

const LF = 0x0a;
const CR = 0x0d;
const NUL = 0;
// Longer lines are not looked at.
const MOST_LOOKED_AT = 64;

/** Adds the lines of the head, the body and the byte that ends it. */
export function addStompParts(parts: PartList, frame: Uint8Array): void {
  while (parts.rest > 0 && !parts.isFull) {
    const from = parts.at;
    const feed = frame.indexOf(LF, from);
    if (feed === -1) {
      parts.add("header", parts.rest, "header, cut off");
      return;
    }
    const size = feed + 1 - from;
    if (size === 1 || (size === 2 && frame[from] === CR)) {
      parts.add("delimiter", size, from === 0 ? "heart-beat" : "empty line");
      if (from > 0) break;
      continue;
    }
    const line = String.fromCharCode(
      ...frame.subarray(from, Math.min(feed, from + MOST_LOOKED_AT)),
    );
    const length = /^content-length:\s*(\d{1,20})\s*$/.exec(line)?.[1];
    if (length !== undefined) parts.add("length", size, `length ${length}`);
    else parts.add("header", size, from === 0 ? "command" : "header line");
  }
  const hasEnd = frame.at(-1) === NUL;
  parts.add("payload", parts.rest - (hasEnd ? 1 : 0))
    .add("delimiter", parts.rest, "NUL");
}
