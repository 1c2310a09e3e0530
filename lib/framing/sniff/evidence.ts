/**
 * How many bits of evidence there are for a framing: one more bit, and it is half as
 * likely that a wrong framing would fit as well.
 *
 * ```text
 * a message           how seldom the framing finds one at other places of the bytes
 * a change of         how seldom an end of a message would be there by chance; a
 *   direction           framing that is inside a message there pays for it
 * the last byte       the same, if the direction is complete
 * the end of a read   half of that, and nothing if it is inside a message
 * ```
 *
 * The chances are measured on the bytes themselves. A rule that fits everywhere, such
 * as "ends with the next line feed", gets nothing for its messages.
 *
 * @module
 */

import { ByteQueue } from "../../bytes/byte_queue.ts";
import { ProtocolError } from "../../errors.ts";
import type { Framing } from "../framing.ts";
import type { SniffedStream } from "./sniffed_stream.ts";
import { type Facing, isBetween, type Split } from "./split.ts";

// At how many other places messages are looked for.
const PROBES = 128;
const PROBED_BYTES = 4096;
const MOST_BITS = 10;
// Messages are often alike, and the hundredth one tells little more.
const MOST_COUNTED = 64;
// Of 50 changes of direction one is inside a message: both sides speak at once.
const MISS_BITS = Math.log2(1 / 50);

/** The evidence of one direction. */
export function evidenceOf(
  framing: Framing,
  split: Split,
  stream: SniffedStream,
  facing: Facing,
): number {
  const { bytes } = stream;
  const count = split.messages.length;
  if (count === 0) return 2 * MISS_BITS;
  const empty = emptyOf(split);
  const perMessage = probe(framing, split, bytes, facing);
  return Math.min(count - empty, MOST_COUNTED) * perMessage +
    placesOf(split, stream) - costOfEmpty(split);
}

/**
 * What empty messages cost: half of a length of four bytes is an empty message in a
 * framing of two.
 */
export function costOfEmpty(split: Split): number {
  return Math.min(emptyOf(split), MOST_COUNTED);
}

function emptyOf({ messages }: Split): number {
  return messages.reduce((sum, { length }) => sum + (length === 0 ? 1 : 0), 0);
}

/** The evidence of the places where messages are expected to end. */
export function placesOf(split: Split, stream: SniffedStream): number {
  const { bytes, isComplete = false, reads = [], turns = [] } = stream;
  const count = split.messages.length;
  const end = split.ends.at(-1) ?? 0;
  const hit = Math.min(MOST_BITS, Math.log2(Math.max(1, end / count)));
  const firm = new Set(turns);
  if (isComplete) firm.add(bytes.length);
  firm.delete(0);
  let bits = 0;
  let counted = 0;
  for (const place of firm) {
    if (place > split.seen || counted++ === MOST_COUNTED) break;
    bits += isBetween(split, place) ? hit : MISS_BITS;
  }
  counted = 0;
  for (const place of reads) {
    if (firm.has(place) || place === bytes.length) continue;
    if (place > split.seen || counted++ === MOST_COUNTED) break;
    if (isBetween(split, place)) bits += hit / 2;
  }
  return bits;
}

/** How seldom the framing finds a message where none begins, in bits. */
function probe(
  framing: Framing,
  { begins, ends }: Split,
  bytes: Uint8Array,
  facing: Facing,
): number {
  const places = new Set([...begins, ...ends, 0]);
  const step = Math.max(1, bytes.length / PROBES);
  let tried = 0;
  let found = 0;
  for (let next = 1; next < bytes.length; next += step) {
    const at = Math.floor(next);
    if (places.has(at)) continue;
    tried++;
    if (isMessageAt(framing, bytes, at, facing)) found++;
  }
  const share = (found + 0.5) / (tried + 1);
  return Math.min(MOST_BITS, -Math.log2(share));
}

function isMessageAt(
  framing: Framing,
  bytes: Uint8Array,
  at: number,
  facing: Facing,
): boolean {
  const queue = new ByteQueue();
  queue.push(bytes.subarray(at, at + PROBED_BYTES));
  try {
    // Without the other direction, which knows nothing of this place.
    const decoder = framing.decoder({
      from: facing.from,
      maxMessageBytes: bytes.length,
    });
    return decoder.decode(queue) !== undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return false;
    throw error;
  }
}
