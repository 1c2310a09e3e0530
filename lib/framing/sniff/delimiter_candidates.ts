/**
 * Finds the bytes that messages may end with.
 *
 * ```text
 * toServer   a a #*# b b b #*# | c c #*# | d #*#      | is where a message ends
 *                          ───       ───     ───      what all these ends share
 * ```
 *
 * @module
 */

import { escape } from "../grammar/escapes.ts";
import type { Candidate } from "./candidate.ts";
import type { SniffedStream } from "./sniffed_stream.ts";

const LONGEST = 8;
const FEW = 4;
// A control character in a text is there for a reason.
const BITS_OF_END = 3;
const MOST_BONUS = 24;
const LF = 0x0a;
const CR = 0x0d;
// What messages themselves often end with, so that all share it by chance.
const CLOSING = "}])>\"'";

/** Ends of messages that the streams share, and lines. */
export function delimiterCandidates(
  streams: readonly SniffedStream[],
): Candidate[] {
  const found: Candidate[] = [];
  if (streams.some(({ bytes }) => bytes.includes(LF))) {
    const bonus = lineBonus(streams);
    found.push({ bonus, cost: 2, framing: "line" });
    found.push({ bonus, cost: 3, framing: "line,crlf" });
  }
  const shared = sharedEnd(streams);
  for (let size = 1; size <= shared.length; size++) {
    const end = shared.subarray(shared.length - size);
    if (end.at(-1) === LF && size <= 2 && (size === 1 || end[0] === CR)) {
      continue;
    }
    if (countOf(streams, end) < 2) continue;
    found.push({
      // A longer end is less likely to be chance, and as likely to be meant.
      cost: end.at(-1) === 0 ? 4 : 8 - Math.min(4, size) / 2,
      bonus: isControl(end.at(-1)!) ? controlBonus(streams, end) : 0,
      framing: `delimiter:${escape(end)}`,
    });
  }
  return found;
}

/** What the bytes before all known ends of messages share. */
function sharedEnd(streams: readonly SniffedStream[]): Uint8Array {
  let shared: Uint8Array | undefined;
  let count = 0;
  for (const { bytes, isComplete = false, turns = [] } of streams) {
    for (const place of [...turns, ...isComplete ? [bytes.length] : []]) {
      if (place === 0) continue;
      count++;
      const end = bytes.subarray(Math.max(0, place - LONGEST), place);
      shared = shared === undefined ? end : commonEnd(shared, end);
    }
  }
  const end = shared ?? new Uint8Array(0);
  let from = 0;
  // The ends of few messages can be the same by chance, up to a control character.
  if (count < FEW && isControl(end.at(-1) ?? 0)) {
    from = end.findLastIndex((byte) => !isControl(byte)) + 1;
  }
  while (
    from < end.length - 1 && CLOSING.includes(String.fromCharCode(end[from]!))
  ) from++;
  return end.subarray(from);
}

function commonEnd(a: Uint8Array, b: Uint8Array): Uint8Array {
  let size = 0;
  while (
    size < a.length && size < b.length && a.at(-1 - size) === b.at(-1 - size)
  ) size++;
  return a.subarray(a.length - size);
}

function countOf(
  streams: readonly SniffedStream[],
  wanted: Uint8Array,
): number {
  let count = 0;
  for (const { bytes } of streams) {
    for (let at = 0; (at = bytes.indexOf(wanted[0]!, at)) !== -1; at++) {
      if (wanted.every((byte, i) => bytes[at + i] === byte)) count++;
    }
  }
  return count;
}

function isControl(byte: number): boolean {
  return byte < 0x20 || byte === 0x7f;
}

/** Evidence for lines: the ends of lines are the only control characters. */
function lineBonus(streams: readonly SniffedStream[]): number {
  return controlBonus(streams, Uint8Array.of(CR, LF));
}

/**
 * Evidence for ends that are control characters: there are others only in pairs of
 * them and as tabs.
 */
function controlBonus(
  streams: readonly SniffedStream[],
  end: Uint8Array,
): number {
  let count = 0;
  for (const { bytes } of streams) {
    let before: number | undefined;
    for (const byte of bytes) {
      const isEnd = byte === end.at(-1);
      // Of several in a row, as zeros often come, one may be an end.
      if (isEnd && before !== byte) count++;
      before = byte;
      if (isEnd) continue;
      if (isControl(byte) && byte !== 0x09 && !end.includes(byte)) {
        return 0;
      }
    }
  }
  return Math.min(MOST_BONUS, BITS_OF_END * count);
}
