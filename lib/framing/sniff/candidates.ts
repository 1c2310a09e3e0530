/**
 * The framings that may fit a conversation.
 *
 * @module
 */

import { escape } from "../grammar/escapes.ts";
import type { Candidate } from "./candidate.ts";
import { delimiterCandidates } from "./delimiter_candidates.ts";
import { lengthCandidates } from "./length_candidates.ts";
import type { SniffedStream } from "./sniffed_stream.ts";

/** Framings without parameters, and the evidence that each needs. */
const NAMED: Readonly<Record<string, number>> = {
  "netstring": 3,
  "content-length": 3,
  "octet-count": 4,
  "syslog": 6,
  "slip": 5,
  "cobs": 5,
  "hdlc": 5,
  "dle": 4,
  "json-seq": 4,
  "resp": 3,
  "rpc": 5,
  "ber": 6,
  "mllp": 4,
  "fix": 3,
  "nmea": 4,
  "modbus": 5,
  "tls": 4,
  "varint": 6,
  "varint:4,offset=1,strip=0": 10,
};

const SMALLEST_FIXED = 2;
const LARGEST_FIXED = 1024;
const SMALLEST_HEADER = 2;
const LARGEST_HEADER = 16;

/** All framings that are worth a try. */
export function candidatesFor(streams: readonly SniffedStream[]): Candidate[] {
  return [
    ...Object.entries(NAMED).map(([framing, cost]) => ({ cost, framing })),
    { bonus: jsonBonus(streams), cost: 4, framing: "json" },
    ...headerCandidates(streams),
    ...fixedCandidates(streams),
    ...delimiterCandidates(streams),
    ...lengthCandidates(streams),
  ];
}

/** Evidence for JSON: both directions begin with an object or an array. */
function jsonBonus(streams: readonly SniffedStream[]): number {
  const begins = streams.every(({ bytes }) => {
    const text = String.fromCharCode(...bytes.subarray(0, 64)).trimStart();
    return text.startsWith("{") || text.startsWith("[");
  });
  return begins ? 16 : 0;
}

/** Headers of digits, as wide as the first bytes allow. */
function headerCandidates(streams: readonly SniffedStream[]): Candidate[] {
  const found: Candidate[] = [];
  let most = LARGEST_HEADER;
  for (const { bytes } of streams) {
    let width = 0;
    while (width < most && isHeader(bytes[width])) width++;
    most = Math.min(most, width);
  }
  for (let width = SMALLEST_HEADER; width <= most; width++) {
    for (const fill of ["", ",zero", ",right"]) {
      found.push({ cost: 5, framing: `header:${width}${fill}` });
    }
  }
  return found;
}

function isHeader(byte: number | undefined): boolean {
  return byte === 0x20 || (byte !== undefined && byte >= 0x30 && byte <= 0x39);
}

/** The largest size that divides all places where messages end. */
function fixedCandidates(streams: readonly SniffedStream[]): Candidate[] {
  let size = 0;
  const lasts = new Set<number>();
  for (const { bytes, isComplete = false, turns = [] } of streams) {
    for (const place of [...turns, ...isComplete ? [bytes.length] : []]) {
      size = divisor(size, place);
    }
  }
  if (size < SMALLEST_FIXED || size > LARGEST_FIXED) return [];
  const found: Candidate[] = [{ cost: 10, framing: `fixed:${size}` }];
  let padded = 0;
  let count = 0;
  for (const { bytes } of streams) {
    for (let end = size; end <= bytes.length; end += size) {
      count++;
      lasts.add(bytes[end - 1]!);
      if (bytes[end - 1] === bytes[end - 2]) padded++;
    }
  }
  const [pad] = lasts;
  if (lasts.size === 1 && padded * 2 >= count && pad !== undefined) {
    found.push({
      bonus: Math.min(24, 4 * padded),
      cost: 14,
      framing: `fixed:${size},pad=${escape(Uint8Array.of(pad))}`,
    });
  }
  return found;
}

function divisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
