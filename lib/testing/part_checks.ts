/**
 * The promises about the parts of a frame.
 *
 * @module
 */

import { FrameDecoder } from "../framing/frame_decoder.ts";
import { explainFrame } from "../framing/explain/explain_frame.ts";
import type { FramePart } from "../framing/explain/frame_part.ts";
import { triesFor } from "./cuts.ts";
import { characters } from "./outcome.ts";
import { show, type Stream, type Verification } from "./verification.ts";

const MOST_BEGINNINGS = 64;
const NOISE = 64;
const MOST_NOISE_BYTES = 40;

/**
 * The parts of every frame cover it, and show its message; those of a beginning
 * of a frame and of any other bytes cover these.
 */
export function checkParts(v: Verification): void {
  if (v.framing.boundary !== "frame") return checkNoise(v);
  for (const stream of v.valid) {
    for (const { frame, index, message } of framesOf(v, stream)) {
      const parts = partsOf(v, frame, index);
      if (parts !== undefined) checkMessage(v, frame, parts, message);
      const tries = triesFor(frame.length, MOST_BEGINNINGS);
      for (let i = 0; i < tries; i++) {
        const size = frame.length <= tries ? i : v.random(frame.length);
        partsOf(v, frame.slice(0, size), index);
      }
    }
  }
  checkNoise(v);
}

function checkNoise(v: Verification): void {
  const known = v.valid.at(-1)?.bytes ?? new Uint8Array(0);
  for (let i = 0; i < NOISE; i++) {
    const bytes = new Uint8Array(v.random(MOST_NOISE_BYTES));
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = i % 2 === 0 || known.length === 0
        ? v.random(256)
        : known[v.random(known.length)]!;
    }
    partsOf(v, bytes, i % 3);
  }
}

/** A frame as the decoder took it off the queue. */
interface Frame {
  readonly frame: Uint8Array;
  readonly index: number;
  readonly message: Uint8Array;
}

function* framesOf(v: Verification, stream: Stream): Generator<Frame> {
  const { bytes, samples } = stream;
  const decoder = new FrameDecoder(v.framing, {
    badFrames: "fail",
    maxMessageBytes: v.limit,
  });
  decoder.push(bytes.slice());
  for (const index of samples.keys()) {
    const begin = decoder.queue.offset;
    const message = decoder.next();
    if (message === undefined) return;
    const frame = bytes.slice(begin, decoder.queue.offset);
    yield { frame, index, message };
  }
}

/** The parts, or `undefined` if they do not cover the bytes. */
function partsOf(
  v: Verification,
  frame: Uint8Array,
  index: number,
): readonly FramePart[] | undefined {
  let parts: readonly FramePart[] | undefined;
  let at = 0;
  const before = characters(frame);
  v.attempt(`explain of ${show(frame)}, message ${index}`, () => {
    parts = explainFrame(v.framing, frame, { index });
  });
  if (parts === undefined) return undefined;
  for (const { offset, size } of parts) {
    if (offset !== at || !(size > 0)) break;
    at += size;
  }
  if (at === frame.length && before === characters(frame)) return parts;
  v.breaks(
    "the parts of a frame cover it without gap or overlap",
    `${show(frame)} has parts at ${
      parts.slice(0, 8).map(({ offset, size }) => `${offset} of ${size}`).join()
    }`,
  );
  return undefined;
}

/**
 * The message is the payload, escapes resolved; or a piece of the frame that
 * holds the payload, in framings that keep headers.
 */
function checkMessage(
  v: Verification,
  frame: Uint8Array,
  parts: readonly FramePart[],
  message: Uint8Array,
): void {
  if (parts.some(({ kind }) => kind === "unknown")) return;
  const shown = parts.flatMap(({ kind, means, offset, size }) => {
    if (kind === "payload") return [frame.subarray(offset, offset + size)];
    return means === undefined ? [] : [means];
  }).map(characters);
  const text = characters(message);
  if (shown.join("") === text) return;
  if (characters(frame).includes(text) && isInOrder(text, shown)) return;
  v.breaks(
    "the payload among the parts of a frame is the message",
    `${show(frame)} gives ${show(message)}, and its parts show ${
      shown.join("").length
    } bytes`,
  );
}

/** Whether a text holds the pieces, one behind the other. */
function isInOrder(text: string, pieces: readonly string[]): boolean {
  let at = 0;
  for (const piece of pieces) {
    const found = text.indexOf(piece, at);
    if (found === -1) return false;
    at = found + piece.length;
  }
  return true;
}
