/**
 * Generated conversations in a framing: turns of one to three messages each way, cut
 * into reads as networks do it.
 *
 * @module
 */

import {
  ByteSink,
  type Encoder,
  parseFraming,
  SniffBuffer,
} from "../../../lib/framing/mod.ts";

/** What messages are made of. */
export type Content = "text" | "binary" | "mixed";

/** The contents. */
export const CONTENTS: readonly Content[] = ["text", "binary", "mixed"];

/** Numbers from 0 up to below another, the same for the same seed. */
export type Random = (below: number) => number;

/** Makes a source of numbers (mulberry32). */
export function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const WORDS =
  ("hello world status ok value time user request error count 42 17.5 true Grüße " +
    'temperature=21.3 id:9931 /api/v1/items {"a":1} key, the quick brown fox ' +
    "jumps over lazy dog; done. 日本").split(" ");

function textMessage(random: Random): Uint8Array {
  const words = Array.from(
    { length: 1 + random(16) },
    () => WORDS[random(WORDS.length)],
  );
  return new TextEncoder().encode(words.join(" "));
}

function binaryMessage(random: Random): Uint8Array {
  const size = random(8) === 0 ? 100 + random(500) : 1 + random(60);
  // Zeros and small numbers are frequent in what programs send.
  return Uint8Array.from(
    { length: size },
    () => random(3) === 0 ? random(4) : random(256),
  );
}

/** A message. */
export function messageOf(content: Content, random: Random): Uint8Array {
  const kind = content === "mixed"
    ? random(2) === 0 ? "text" : "binary"
    : content;
  return kind === "text" ? textMessage(random) : binaryMessage(random);
}

/** Makes messages that a framing can carry, of any others. */
export type Shape = (message: Uint8Array, random: Random) => Uint8Array;

/** Sends messages both ways in a framing. */
export function conversationOf(
  framing: string,
  content: Content,
  seed: number,
  shape: Shape = (message) => message,
): SniffBuffer {
  const random = randomNumbers(seed);
  const encoders = {
    toServer: encoderOf(framing, "client"),
    toClient: encoderOf(framing, "server"),
  };
  const seen = new SniffBuffer();
  const turns = 8 + random(24);
  for (let turn = 0; turn < turns; turn++) {
    const direction = turn % 2 === 0 ? "toServer" : "toClient";
    const sink = new ByteSink();
    for (let left = random(4) === 0 ? 1 + random(3) : 1; left > 0;) {
      const message = shape(messageOf(content, random), random);
      if (!isSent(encoders[direction], message, sink)) continue;
      left--;
    }
    const bytes = Uint8Array.from(sink.pieces().flatMap((piece) => [...piece]));
    for (const piece of cutRandomly(bytes, random)) seen.push(direction, piece);
  }
  seen.complete("toServer");
  seen.complete("toClient");
  return seen;
}

function encoderOf(framing: string, from: "client" | "server"): Encoder {
  return parseFraming(framing).encoder({ from, maxMessageBytes: 1 << 20 });
}

function isSent(
  encoder: Encoder,
  message: Uint8Array,
  sink: ByteSink,
): boolean {
  try {
    encoder.encode(message, sink);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function* cutRandomly(bytes: Uint8Array, random: Random) {
  let at = 0;
  while (at < bytes.length) {
    const size = random(3) === 0
      ? 1 + random(bytes.length - at)
      : bytes.length - at;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
