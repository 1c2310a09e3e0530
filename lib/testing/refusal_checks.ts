/**
 * The promises about how a decoder refuses bytes: at the first byte that is wrong,
 * before a message above the limit is whole, and without taking part of a frame.
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";
import { CountingQueue } from "./counting_queue.ts";
import { triesFor } from "./cuts.ts";
import type { Outcome } from "./outcome.ts";
import { letters, show, type Verification } from "./verification.ts";

const MOST_TRIED = 48;
const MOST_BYTES = 4096;
const MOST_TAILS = 8;
const TAIL_BYTES = 48;
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

/**
 * A first byte that no bytes behind it can save is refused when it comes.
 *
 * Later bytes are not checked so: a length or a checksum is often wrong only as a
 * whole. Nor is a refusal at the byte that the decoder has said to be the last one
 * of the message, as by then all of it may decide.
 */
export function checkFirstByte(v: Verification): void {
  const tails = v.valid.map(({ bytes }) => bytes.slice(1, TAIL_BYTES));
  for (let i = 0; i < MOST_TAILS; i++) {
    tails.push(Uint8Array.from({ length: TAIL_BYTES }, () => v.random(256)));
  }
  for (let first = 0; first < 256; first++) {
    const refusals = tails.map((tail) =>
      refusalOf(v, Uint8Array.of(first, ...tail))
    );
    const [refusal] = refusals;
    const isSame = refusals.every((other) => other === refusal);
    if (!isSame || refusal === undefined || refusal === 1) continue;
    if (isSavedBySecond(v, first, tails[0]!.subarray(1), refusal)) continue;
    v.breaks(
      "a wrong first byte is refused when it comes",
      `${
        show(Uint8Array.of(first, ...tails[0]!))
      }, cut into single bytes, is refused after ${refusal} bytes, whatever follows the first`,
    );
  }
}

/**
 * Whether some second byte makes another end of it. A few tails may all miss the
 * two bytes that may stand behind an escape, so all 256 are tried.
 */
function isSavedBySecond(
  v: Verification,
  first: number,
  tail: Uint8Array,
  refusal: number,
): boolean {
  for (let second = 0; second < 256; second++) {
    const bytes = Uint8Array.of(first, second, ...tail);
    if (refusalOf(v, bytes) !== refusal) return true;
  }
  return false;
}

/** After how many bytes, each a chunk, a stream is refused as malformed. */
function refusalOf(v: Verification, bytes: Uint8Array): number | undefined {
  const queue = new CountingQueue();
  let missing: number | undefined;
  try {
    const decoder = v.framing.decoder({ maxMessageBytes: v.limit });
    for (const byte of bytes) {
      missing = decoder.missingBytes;
      queue.push(Uint8Array.of(byte));
      if (decoder.decode(queue) !== undefined) return undefined;
    }
    return undefined;
  } catch (error) {
    const isMalformed = error instanceof ProtocolError &&
      error.code === "malformed";
    return isMalformed && missing !== 1
      ? queue.offset + queue.length
      : undefined;
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
