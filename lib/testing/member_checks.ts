/**
 * The promises about the optional members of decoder and encoder: they give what
 * the required ones give.
 *
 * @module
 */

import { ByteSink } from "../bytes/byte_sink.ts";
import { encodeBatch } from "../framing/encode_batch.ts";
import { FrameDecoder } from "../framing/frame_decoder.ts";
import { CountingQueue } from "./counting_queue.ts";
import { cut, type Cuts, describeCuts, singleCuts, triesFor } from "./cuts.ts";
import { characters, describe, difference, sameOutcome } from "./outcome.ts";
import { joined, show, type Verification } from "./verification.ts";

const MOST_TRIED = 16;
const MOST_CUTS = 24;

/** Batches, counting and skipping agree with decoding one by one. */
export function checkMembers(v: Verification): void {
  for (const { bytes } of v.valid) {
    for (const cuts of someCuts(v, bytes)) checkBatch(v, bytes, cuts, v.limit);
    const limit = Math.max(1, v.longestMessage);
    const tried = triesFor(bytes.length, Math.min(bytes.length, MOST_TRIED));
    for (let i = 0; i < tried; i++) {
      const wrong = bytes.slice();
      wrong[v.random(bytes.length)] = v.random(256);
      for (const cuts of someCuts(v, wrong)) {
        checkBatch(v, wrong, cuts, limit);
        checkSkipping(v, wrong, cuts, Math.ceil(limit / 2));
      }
    }
  }
  checkEncodeBatch(v);
  if (v.framing.encodesAlike === true) checkAlike(v);
}

function* someCuts(v: Verification, bytes: Uint8Array): Generator<Cuts> {
  yield [];
  yield* singleCuts(bytes.length, v.random, MOST_CUTS);
}

function checkBatch(
  v: Verification,
  bytes: Uint8Array,
  cuts: Cuts,
  limit: number,
): void {
  const single = v.decode(bytes, cuts, limit);
  const batch = v.decode(bytes, cuts, limit, "batch");
  const evidence = `${show(bytes)}, limit ${limit}, ${describeCuts(cuts)}`;
  if (!sameOutcome(v.framing, single, batch)) {
    v.breaks(
      "decodeBatch gives what decode gives",
      `${evidence}: one by one ${describe(single)}, at once ${
        describe(batch)
      }; ${difference(single, batch)}`,
    );
  }
  const sizes = sizesOf(v, cut(bytes, cuts), limit);
  const wanted = single.messages.slice(0, sizes.length)
    .map((message) => message.length);
  // The end of the stream may make one more message, which is not skipped.
  const isWhole = single.messages.length - sizes.length <= 1;
  const counted = countOf(v, cut(bytes, cuts), limit);
  if (counted !== sizes.length) {
    v.breaks(
      "skipBatch drops what skip drops",
      `${evidence}: ${counted} messages, and skip drops ${sizes.length}`,
    );
  }
  if (isWhole && sizes.join() === wanted.join()) return;
  v.breaks(
    "skip drops what decode gives",
    `${evidence}: sizes ${sizes.slice(0, 8)}, and decode gives ${
      describe(single)
    }`,
  );
}

function countOf(
  v: Verification,
  chunks: Uint8Array[],
  maxMessageBytes: number,
): number {
  const decoder = new FrameDecoder(v.framing, {
    badFrames: "fail",
    maxMessageBytes,
    queue: new CountingQueue(),
  });
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      while (decoder.skipBatch() > 0);
    }
  } catch {
    // The comparison with decode tells whether it is the same refusal.
  }
  return decoder.count;
}

function sizesOf(
  v: Verification,
  chunks: Uint8Array[],
  maxMessageBytes: number,
): number[] {
  const decoder = new FrameDecoder(v.framing, {
    badFrames: "fail",
    maxMessageBytes,
    queue: new CountingQueue(),
  });
  const sizes: number[] = [];
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let size; (size = decoder.skip()) !== -1;) sizes.push(size);
    }
  } catch {
    // The comparison with decode tells whether it is the same refusal.
  }
  return sizes;
}

/** With bad frames skipped, messages and bad frames are the same in every cut. */
function checkSkipping(
  v: Verification,
  bytes: Uint8Array,
  cuts: Cuts,
  limit: number,
): void {
  const whole = skipping(v, [bytes.slice()], limit);
  const pieces = skipping(v, cut(bytes, cuts), limit);
  if (whole === pieces) return;
  v.breaks(
    "the same bad frames are skipped in every cut",
    `${show(bytes)}, limit ${limit}, uncut gives ${whole}; ${
      describeCuts(cuts)
    } gives ${pieces}`,
  );
}

function skipping(
  v: Verification,
  chunks: Uint8Array[],
  maxMessageBytes: number,
): string {
  const events: string[] = [];
  const decoder = new FrameDecoder(v.framing, {
    badFrames: "skip",
    maxMessageBytes,
    onBadFrame: ({ code, details }) =>
      events.push(`bad frame (${code}) at ${details.streamOffset}`),
    queue: new CountingQueue(),
  });
  const add = (message: Uint8Array) =>
    events.push(JSON.stringify(characters(message)));
  try {
    for (const chunk of chunks) {
      decoder.push(chunk);
      for (let m; (m = decoder.next()) !== undefined;) add(m);
    }
    for (let m; (m = decoder.end()) !== undefined;) add(m);
  } catch (error) {
    events.push(String(error));
  }
  // Without boundaries the messages depend on the cuts.
  return events.join(v.framing.boundary === "none" ? "" : ", ")
    .replaceAll('""', "");
}

function checkEncodeBatch(v: Verification): void {
  if (v.framing.boundary === "close") return;
  const options = { maxMessageBytes: v.limit };
  const messages = [...v.opening, ...v.samples];
  const single = v.encode(v.samples).bytes;
  for (const step of [1, 1000]) {
    const sink = new ByteSink();
    const encoder = v.framing.encoder(options);
    for (let next = 0; next < messages.length;) {
      const before = next;
      next = encodeBatch(encoder, messages, next, sink, sink.length + step);
      if (next <= before) break;
    }
    const bytes = joined(sink);
    if (characters(bytes) === characters(single)) continue;
    v.breaks(
      "encodeBatch writes what encode writes",
      `one by one ${show(single)}, at once ${show(bytes)}`,
    );
  }
}

/** Every message has the frame that a fresh encoder gives it. */
function checkAlike(v: Verification): void {
  const options = { maxMessageBytes: v.limit };
  const used = v.framing.encoder(options);
  const sink = new ByteSink();
  const messages = [...v.opening, ...v.samples];
  for (const [i, message] of messages.entries()) {
    const frames = [used, v.framing.encoder(options)].map((encoder) => {
      sink.clear();
      encoder.encode(message, sink);
      return joined(sink);
    });
    if (characters(frames[0]!) === characters(frames[1]!)) continue;
    v.breaks(
      "a framing that encodesAlike writes a message the same at any place",
      `message ${i + 1} is ${show(frames[0]!)}, alone ${show(frames[1]!)}`,
    );
  }
}
