/**
 * Finds the layouts of a length field that fit.
 *
 * ```text
 * 1 to 4 or 8 bytes, both orders, 0 to 8 bytes before it, -8 to 8 adjusted
 * ```
 *
 * All are followed from header to header, by numbers alone. Only those that come to
 * the end of the bytes are tried as framings.
 *
 * @module
 */

import type { Candidate } from "./candidate.ts";
import type { SniffedStream } from "./sniffed_stream.ts";

const SIZES = [1, 2, 3, 4, 8];
const MOST_OFFSET = 8;
const MOST_ADJUST = 8;
const MOST_STEPS = 1000;
const MOST_KEPT = 24;

interface Layout {
  readonly adjust: number;
  readonly bytes: number;
  readonly isLittle: boolean;
  readonly offset: number;
}

/** A stream, and where messages are expected to end. */
interface Followable {
  readonly bytes: Uint8Array;
  readonly isComplete: boolean;
  readonly places: ReadonlySet<number>;
}

/** The layouts that fit all streams, the most likely ones first. */
export function lengthCandidates(
  streams: readonly SniffedStream[],
): Candidate[] {
  const followable = streams.map(
    ({ bytes, isComplete = false, turns = [] }) => {
      const places = new Set(turns);
      if (isComplete) places.add(bytes.length);
      places.delete(0);
      return { bytes, isComplete, places };
    },
  );
  const kept: { candidate: Candidate; score: number }[] = [];
  for (const layout of layouts()) {
    let score = 0;
    for (const stream of followable) score += followed(layout, stream);
    if (score <= 0) continue;
    const candidate = { cost: costOf(layout), framing: nameOf(layout) };
    kept.push({ candidate, score: score - candidate.cost });
  }
  kept.sort((a, b) => b.score - a.score);
  return kept.slice(0, MOST_KEPT).map(({ candidate }) => candidate);
}

function* layouts(): Generator<Layout> {
  for (const bytes of SIZES) {
    for (const isLittle of bytes === 1 ? [false] : [false, true]) {
      for (let offset = 0; offset <= MOST_OFFSET; offset++) {
        const header = offset + bytes;
        for (let adjust = -MOST_ADJUST; adjust <= MOST_ADJUST; adjust++) {
          yield { adjust, bytes, isLittle, offset };
        }
        if (header > MOST_ADJUST) {
          yield { adjust: -header, bytes, isLittle, offset };
        }
      }
    }
  }
}

/**
 * Follows the headers of a stream.
 *
 * @returns How unlikely it is that a wrong layout gets as far, in bits, or
 * `-Infinity` if it does not.
 */
function followed(
  layout: Layout,
  { bytes, isComplete, places }: Followable,
): number {
  const { adjust, bytes: width, offset } = layout;
  const header = offset + width;
  let at = 0;
  let steps = 0;
  let hits = 0;
  while (at < bytes.length && steps < MOST_STEPS) {
    if (at + header > bytes.length) break;
    const size = header + adjust + valueAt(bytes, at + offset, layout);
    if (size < header) return -Infinity;
    if (at + size > bytes.length) break;
    at += size;
    steps++;
    if (places.has(at)) hits++;
  }
  if (steps < MOST_STEPS) {
    // The end is inside a message.
    if (at < bytes.length && (isComplete || steps === 0)) return -Infinity;
    // Most changes of direction are between messages, or the layout is wrong.
    const missed = places.size - hits;
    if (missed > Math.max(1, places.size / 8)) return -Infinity;
  }
  const perHeader = Math.max(0, 8 * width - Math.log2(bytes.length));
  return steps * perHeader + hits * Math.log2(Math.max(1, at / steps));
}

function valueAt(
  bytes: Uint8Array,
  from: number,
  { bytes: width, isLittle }: Layout,
): number {
  let value = 0;
  for (let i = 0; i < width; i++) {
    value = value * 256 + bytes[from + (isLittle ? width - 1 - i : i)]!;
  }
  return value;
}

function isInclusive({ adjust, bytes, offset }: Layout): boolean {
  return adjust === -(offset + bytes);
}

// What is written before the length is the message's own, and kept.
function nameOf(layout: Layout): string {
  const { adjust, bytes, isLittle, offset } = layout;
  return `length:${bytes}` + (isLittle ? ",le" : "") +
    (isInclusive(layout) ? ",inclusive" : "") +
    (offset === 0 ? "" : `,offset=${offset}`) +
    (adjust === 0 || isInclusive(layout) ? "" : `,adjust=${adjust}`) +
    (offset === 0 ? "" : ",strip=0");
}

function costOf(layout: Layout): number {
  const { adjust, bytes, isLittle, offset } = layout;
  return 3 + (bytes === 4 || bytes === 2 ? 0 : 2) + (isLittle ? 1 : 0) +
    (offset === 0 ? 0 : 4 + offset / 2) +
    (adjust === 0 ? 0 : isInclusive(layout) ? 3 : 6 + Math.abs(adjust) / 2);
}
