/**
 * The promises about how a decoder refuses bytes: at the first byte that is wrong,
 * before a message above the limit is whole, and without taking part of a frame.
 *
 * @module
 */

import { CountingQueue } from "./counting_queue.ts";
import { triesFor } from "./cuts.ts";
import type { Outcome } from "./outcome.ts";
import { letters, show, type Verification } from "./verification.ts";

const MOST_TRIED = 48;
const MOST_BYTES = 4096;
// Long enough that headers are short in comparison, short enough for one byte.
const LETTERS = [4096, 1024, 200, 100];
// Bytes behind the limit that may be part of a delimiter.
const SPARE_BYTES = 2;

/** Streams with one wrong byte are refused in time and left where they are. */
export function checkRefusals(v: Verification): void {
  for (const stream of v.valid) {
    // Fed byte by byte; the head of a long stream is enough.
    const bytes = stream.bytes.subarray(0, MOST_BYTES);
    const tried = triesFor(bytes.length, Math.min(bytes.length, MOST_TRIED));
    for (let i = 0; i < tried; i++) {
      const at = bytes.length <= tried ? i : v.random(bytes.length);
      const wrong = bytes.slice();
      wrong[at] = v.random(256);
      const outcome = v.decode(wrong, everyByte(wrong.length));
      if (outcome.code === undefined || outcome.code === "truncated") continue;
      checkTaken(v, wrong, outcome);
      if (outcome.code === "malformed") checkFirstWrong(v, wrong, outcome);
    }
  }
}

/** What was taken of the refused frame must not have mattered. */
function checkTaken(
  v: Verification,
  wrong: Uint8Array,
  outcome: Outcome,
): void {
  const { taken, messagesEnd, code, reason } = outcome;
  if (taken === messagesEnd) return;
  const rest = v.decode(wrong.slice(taken));
  if (rest.reason === reason && rest.messages.length === 0) return;
  v.breaks(
    "only whole frames are taken off the queue",
    `${show(wrong)} is refused as ${code}, and ${
      taken - messagesEnd
    } bytes of the refused frame are gone`,
  );
}

/** If no value of the last byte saves a frame, an earlier byte was wrong. */
function checkFirstWrong(
  v: Verification,
  wrong: Uint8Array,
  { messagesEnd }: Outcome,
): void {
  const count = refusedAfter(v, wrong);
  if (count === undefined || count - messagesEnd < 2) return;
  const prefix = wrong.slice(0, count);
  for (let value = 0; value < 256; value++) {
    prefix[count - 1] = value;
    if (refusedAfter(v, prefix) === undefined) return;
  }
  v.breaks(
    "a frame is refused at the first byte that is wrong",
    `${
      show(wrong.slice(0, count))
    }, cut into single bytes, is refused at its last byte, whatever that is`,
  );
}

/** After how many bytes, each a chunk, the decoder refuses a stream. */
function refusedAfter(v: Verification, bytes: Uint8Array): number | undefined {
  const queue = new CountingQueue();
  try {
    const decoder = v.framing.decoder({ maxMessageBytes: v.limit });
    for (const byte of bytes) {
      queue.push(Uint8Array.of(byte));
      while (decoder.decode(queue) !== undefined);
    }
    return undefined;
  } catch {
    return queue.offset + queue.length;
  }
}

/** A message above the limit is refused before it is whole. */
export function checkEarlyLimit(v: Verification): void {
  if (v.framing.boundary === "none") return;
  for (const count of LETTERS) {
    const frame = letters(v, count);
    const shorter = letters(v, count / 2);
    if (frame === undefined || shorter === undefined) continue;
    // A frame of fixed size is complete before its padding is seen.
    if (frame.length === shorter.length) return;
    const limit = count / 4;
    const outcome = v.decode(frame, everyByte(frame.length), limit);
    const most = limit + frame.length - count + SPARE_BYTES;
    if (outcome.code === "too_large" && outcome.pushed <= most) return;
    v.breaks(
      "a message above the limit is refused before it is whole",
      `${
        show(frame)
      }, limit ${limit}, cut into single bytes, must be refused within ${most} bytes, and after ${outcome.pushed} it gives ${outcome.end}`,
    );
    return;
  }
}

function everyByte(size: number): number[] {
  return Array.from({ length: Math.max(0, size - 1) }, (_, i) => i + 1);
}
