/**
 * The promises about what a framing's decoder makes of a stream.
 *
 * @module
 */

import { FrameDecoder } from "../framing/frame_decoder.ts";
import { CountingQueue } from "./counting_queue.ts";
import { allCuts, type Cuts, singleCuts, triesFor } from "./cuts.ts";
import { characters, describe } from "./outcome.ts";
import { show, type Stream, type Verification } from "./verification.ts";

// A stream that is cut off everywhere and each time cut everywhere costs the cube
// of its length, so long ones are only probed.
const MOST_LENGTHS = 300;
const NEAR = 16;
const SHORT = 64;
const FEW = 8;
// A count of messages in one byte has begun again by then.
const MANY_MESSAGES = 300;
const MOST_LONG_BYTES = 256 * 1024;

/**
 * What was sent arrives, and a stream cut off anywhere is not taken for whole.
 *
 * @param eof Whether the end of the stream ends the last message.
 */
export function checkFrames(v: Verification, eof: boolean): void {
  for (const stream of v.valid) {
    const whole = v.decode(stream.bytes);
    const sent = stream.samples.map(characters);
    const arrived = v.framing.boundary === "none"
      ? whole.messages.join("") === sent.join("")
      : whole.messages.length === sent.length &&
        whole.messages.every((message, i) => message === sent[i]);
    if (!arrived || whole.end !== "clean") {
      v.breaks(
        "what was sent arrives",
        `${show(stream.bytes)} holds ${sent.length} messages and gives ${
          describe(whole)
        }`,
      );
    } else if (v.framing.boundary === "frame") {
      for (const size of lengths(v, stream)) {
        checkTruncated(v, stream, size, eof);
      }
    }
  }
}

/**
 * What arrives twice in a row arrives as often as it is sent. A protocol may refuse the
 * second one: then there is nothing to repeat.
 */
export function checkMany(v: Verification): void {
  const sample = v.samples.reduce((a, b) =>
    b.length > 0 && (a.length === 0 || b.length < a.length) ? b : a
  );
  if (firstWrong(v, sample, 2) !== undefined) return;
  const most = Math.floor(MOST_LONG_BYTES / (sample.length + 1));
  const count = Math.min(MANY_MESSAGES, most);
  const wrong = firstWrong(v, sample, count);
  if (wrong === undefined) return;
  v.breaks(
    "what arrives twice arrives as often as it is sent",
    `${
      show(sample)
    }, ${count} times in one stream, is wrong from message ${wrong} on`,
  );
}

/**
 * The first message that is wrong or missing, if a sample is sent so often; 0 if the
 * encoder refuses that.
 */
function firstWrong(
  v: Verification,
  sample: Uint8Array,
  count: number,
): number | undefined {
  let stream: Stream;
  try {
    stream = v.encode(Array<Uint8Array>(count).fill(sample));
  } catch (error) {
    if (error instanceof RangeError) return 0;
    throw error;
  }
  // A frame at a time: what many of them cost at once is another promise.
  const { end, messages } = v.decode(stream.bytes, stream.ends.slice(0, -1));
  const wrong = stream.samples.findIndex((message, i) =>
    messages[i] !== characters(message)
  );
  if (wrong !== -1) return wrong + 1;
  return end === "clean" ? undefined : messages.length + 1;
}

/** Where to cut off: everywhere, or around the frames' ends and here and there. */
function* lengths(v: Verification, { bytes, ends }: Stream): Generator<number> {
  if (bytes.length <= MOST_LENGTHS) return yield* bytes.keys();
  const near = triesFor(bytes.length, NEAR);
  for (const end of [0, ...ends]) {
    for (let size = Math.max(0, end - near); size < end + near; size++) {
      if (size < bytes.length) yield size;
    }
  }
  const tries = triesFor(bytes.length, MOST_LENGTHS);
  for (let i = 0; i < tries; i++) yield v.random(bytes.length);
}

/** All cuts into two pieces of a short stream, a few of a long one. */
function someCuts(v: Verification, size: number): Iterable<Cuts> {
  return singleCuts(size, v.random, size <= SHORT ? SHORT : FEW);
}

/** Looks at a stream that ends too early. */
function checkTruncated(
  v: Verification,
  stream: Stream,
  size: number,
  eof: boolean,
): void {
  const bytes = stream.bytes.slice(0, size);
  const whole = stream.ends.filter((end) => end <= size);
  const boundary = whole.at(-1) ?? 0;
  const outcome = v.compare(bytes, someCuts(v, size));
  const taken = checkTaken(v, stream, bytes, boundary);
  const complete = stream.samples.slice(0, whole.length).map(characters);
  if (!complete.every((message, i) => message === outcome.messages[i])) {
    v.breaks(
      "whole frames in front of a cut-off one arrive",
      `${show(bytes)} gives ${describe(outcome)}`,
    );
  }
  const extra = outcome.messages.length - complete.length;
  // What was dropped as meaningless cannot be missed.
  const atBoundary = size === boundary || taken === size;
  const expected = atBoundary
    ? extra === 0 && outcome.end === "clean"
    : eof
    ? outcome.end !== "clean" || extra === 1
    : extra === 0 && outcome.code === "truncated";
  if (expected) return;
  v.breaks(
    atBoundary
      ? "a stream that ends between two frames ends clean"
      : "a stream that ends inside a frame is truncated",
    `${show(bytes)}, of which ${
      size - boundary
    } belong to the frame cut off, gives ${describe(outcome)}`,
  );
}

/**
 * Checks that only whole frames were taken, and says how many bytes were rightly
 * so. Bytes between frames may be dropped: then the rest must decode the same
 * without them.
 */
function checkTaken(
  v: Verification,
  stream: Stream,
  bytes: Uint8Array,
  boundary: number,
): number {
  const decoder = new FrameDecoder(v.framing, {
    badFrames: "fail",
    maxMessageBytes: v.limit,
    queue: new CountingQueue(),
  });
  decoder.push(bytes.slice());
  try {
    while (decoder.next() !== undefined);
  } catch {
    // The comparison of the cuts has noted it.
    return boundary;
  }
  const { missingBytes } = decoder;
  const next = stream.ends.find((end) => end > bytes.length)!;
  if (!(missingBytes >= 0 && missingBytes <= next - bytes.length)) {
    v.breaks(
      "missingBytes is no more than what is missing",
      `${show(bytes)} lacks ${
        next - bytes.length
      } bytes, and it says ${missingBytes}`,
    );
  }
  const taken = decoder.queue.offset;
  if (taken === boundary) return taken;
  const rest = v.decode(stream.bytes.slice(taken));
  const awaited = stream.samples
    .filter((_, i) => stream.ends[i]! > boundary).map(characters);
  if (rest.end === "clean" && rest.messages.join() === awaited.join()) {
    return taken;
  }
  v.breaks(
    "only whole frames are taken off the queue",
    `of ${
      show(bytes)
    } ${taken} bytes are taken, and the last whole frame ends at ${boundary}`,
  );
  return boundary;
}

/**
 * Valid streams, and streams with one wrong byte, give the same however cut.
 */
export function checkCuts(v: Verification): void {
  const limit = Math.max(1, v.longestMessage);
  for (const { bytes } of v.valid) {
    v.compare(bytes, allCuts(bytes.length, v.random));
    const tried = triesFor(bytes.length, Math.min(bytes.length, 64));
    for (let i = 0; i < tried; i++) {
      const at = bytes.length <= 64 ? i : v.random(bytes.length);
      const wrong = bytes.slice();
      wrong[at] = v.random(4) === 0
        ? bytes[v.random(bytes.length)]!
        : v.random(256);
      v.compare(wrong, someCuts(v, wrong.length), limit);
    }
  }
}

/**
 * Random bytes give messages, nothing or a protocol error, however cut.
 *
 * @param count How many streams to try.
 */
export function checkNoise(v: Verification, count: number): void {
  const known = v.valid.at(-1)!.bytes;
  for (let i = 0; i < count; i++) {
    const bytes = new Uint8Array(v.random(40));
    // Bytes that the framing itself uses get further than random ones.
    for (let at = 0; at < bytes.length; at++) {
      bytes[at] = i % 2 === 0 || known.length === 0
        ? v.random(256)
        : known[v.random(known.length)]!;
    }
    v.compare(bytes, singleCuts(bytes.length, v.random), 1 + v.random(20));
  }
}
