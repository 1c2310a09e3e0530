/**
 * The promises about a framing's encoder, its limit, its cost and its streams.
 *
 * @module
 */

import { ByteSink } from "../bytes/byte_sink.ts";
import { singleCuts } from "./cuts.ts";
import { CountingQueue, EndlessLoop } from "./counting_queue.ts";
import { characters, outcomeOf } from "./outcome.ts";
import { letters, show, type Verification } from "./verification.ts";

// Letters in the shorter message and the size of a piece: the longest that a
// framing can send, as one with a length of one byte can be quadratic too.
const COSTS = [[65_536, 256], [16_384, 64], [2048, 16], [100, 1]] as const;
// The header's and the delimiter's bytes, which are the same for both.
const SPARE_WORK = 64;

/**
 * Every sample can be sent, alone and with the others, and is not changed by
 * it.
 *
 * @param v The run; its valid streams are filled in.
 */
export function checkEncoder(v: Verification): void {
  for (const sample of v.samples) {
    const before = characters(sample);
    try {
      v.valid.push(v.encode([sample]));
    } catch (error) {
      v.breaks("a sample cannot be sent", `${show(sample)}: ${error}`);
    }
    if (characters(sample) !== before) {
      v.breaks("the encoder changes the message", show(sample));
    }
  }
  // A message that ends with the stream has no second one after it.
  if (v.framing.boundary === "close" || v.samples.length < 2) return;
  try {
    v.valid.push(v.encode(v.samples));
  } catch (error) {
    v.breaks("samples cannot be sent one after another", String(error));
  }
}

/** The limit counts what the user receives, to the byte and on both sides. */
export function checkLimit(v: Verification): void {
  for (const sample of v.samples) {
    const { length } = sample;
    // A limit below an opening message would refuse that one.
    if (length < 1 || length <= v.longestOpening) continue;
    const { bytes } = v.encode([sample]);
    // The encoder's limit first: it must let the message through as well.
    try {
      v.encode([sample], length);
    } catch (error) {
      v.breaks(
        "the encoder refuses a message of exactly the limit",
        `${show(sample)}: ${error}`,
      );
    }
    const exact = v.compare(bytes, singleCuts(bytes.length, v.random), length);
    const sent = [...v.opening, sample].map(characters);
    if (exact.messages.join("") !== sent.join("")) {
      v.breaks(
        "the decoder refuses a message of exactly the limit",
        `${show(bytes)}, limit ${length}: ${exact.end}`,
      );
    }
    if (length > 1) checkOneOver(v, sample, bytes);
  }
}

function checkOneOver(
  v: Verification,
  sample: Uint8Array,
  bytes: Uint8Array,
): void {
  const limit = sample.length - 1;
  const sink = new ByteSink();
  try {
    v.opened(limit).encode(sample, sink);
    v.breaks(
      "the encoder sends a message one byte over the limit",
      `${show(sample)}, limit ${limit}`,
    );
  } catch (error) {
    if (!(error instanceof RangeError) || sink.length > 0) {
      v.breaks(
        "the encoder refuses with a RangeError before it appends anything",
        `${show(sample)}: ${error}, ${sink.length} bytes appended`,
      );
    }
  }
  if (v.framing.boundary === "none") return;
  const over = v.compare(bytes, singleCuts(bytes.length, v.random), limit);
  if (over.messages.length > v.opening.length || over.code !== "too_large") {
    v.breaks(
      "the decoder refuses a message one byte over the limit as too_large",
      `${
        show(bytes)
      }, limit ${limit}: ${over.messages.length} messages, ${over.end}`,
    );
  }
}

/** Two streams decoded in turn do not disturb each other. */
export function checkIndependence(v: Verification): void {
  for (const { bytes } of v.valid) {
    const alone = v.decode(bytes);
    const options = { maxMessageBytes: v.limit };
    const queue = new CountingQueue();
    const half = bytes.slice(0, bytes.length >> 1);
    queue.push(half.slice());
    v.attempt(`half of a stream, ${show(half)}`, () => {
      v.framing.decoder(options).decode(queue);
    });
    const meanwhile = outcomeOf(v.framing, [bytes.slice()], v.limit);
    if (meanwhile.end !== alone.end) {
      v.breaks(
        "a decoder is disturbed by another one of the same framing",
        `${show(bytes)}: ${meanwhile.end}`,
      );
    }
  }
}

/**
 * Twice the bytes cost twice the work: bytes examined and copied, not time.
 *
 * @returns Whether it could be measured.
 */
export function checkCost(v: Verification): boolean {
  for (const [size, chunk] of COSTS) {
    const half = letters(v, size);
    const whole = letters(v, 2 * size);
    if (half === undefined || whole === undefined) continue;
    v.attempt(`${size} and ${2 * size} letters in pieces of ${chunk}`, () => {
      const one = costOf(v, half, chunk);
      const two = costOf(v, whole, chunk);
      // Headers and searches make it a little uneven; four times would be
      // quadratic.
      if (two <= 2.4 * one + chunk + SPARE_WORK && two < Infinity) return;
      v.breaks(
        "twice the bytes cost twice the work",
        `for ${size} letters in pieces of ${chunk} ${one} bytes are examined or copied, for ${
          2 * size
        } letters ${two}`,
      );
    });
    return true;
  }
  return false;
}

function costOf(v: Verification, frame: Uint8Array, chunk: number): number {
  const decoder = v.framing.decoder({ maxMessageBytes: v.limit });
  const queue = new CountingQueue();
  try {
    for (let at = 0; at < frame.length; at += chunk) {
      queue.push(frame.slice(at, at + chunk));
      while (decoder.decode(queue) !== undefined);
    }
    decoder.decodeEnd(queue);
  } catch (error) {
    if (!(error instanceof EndlessLoop)) throw error;
    return Infinity;
  }
  return queue.work;
}
