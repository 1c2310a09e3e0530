/**
 * Protocols by name beside the parsers of npm, 64 KiB at a time.
 *
 * `redis-parser` and `mqtt-packet` make values; a framing finds the ends and gives
 * views. Both are what a client pays before it can look at a reply.
 */

import { FrameDecoder } from "@parley/parley/framing";
import mqtt from "mqtt-packet";
import { Buffer } from "node:buffer";
import RedisParser from "redis-parser";

const STREAM_BYTES = 4 * 2 ** 20;
const CHUNK_BYTES = 64 * 1024;

/** One message again and again, in chunks. */
function repeated(message: Uint8Array): Buffer[] {
  const count = Math.ceil(STREAM_BYTES / message.length);
  const all = Buffer.concat(new Array<Uint8Array>(count).fill(message));
  const chunks: Buffer[] = [];
  for (let at = 0; at < all.length; at += CHUNK_BYTES) {
    chunks.push(all.subarray(at, at + CHUNK_BYTES));
  }
  return chunks;
}

let seen = 0;

function decode(framing: string, chunks: readonly Uint8Array[]): void {
  const decoder = new FrameDecoder(framing);
  const batch: Uint8Array[] = [];
  for (const chunk of chunks) {
    decoder.push(chunk);
    while (decoder.nextBatch(batch, 128) > 0) {
      seen += batch.length;
      batch.length = 0;
    }
  }
}

function count(framing: string, chunks: readonly Uint8Array[]): void {
  const decoder = new FrameDecoder(framing);
  for (const chunk of chunks) {
    decoder.push(chunk);
    while (decoder.skip() !== -1) seen++;
  }
}

const BULK = `$64\r\n${"x".repeat(64)}\r\n`;
const ARRAY = `*10\r\n${"$8\r\nabcdefgh\r\n".repeat(10)}`;
const REPLIES: Readonly<Record<string, string>> = {
  "+OK": "+OK\r\n",
  ":123456": ":123456\r\n",
  "64 B": BULK,
  "1 KiB": `$1024\r\n${"x".repeat(1024)}\r\n`,
  "10 of 8 B": ARRAY,
  "SET, GET, INCR, LRANGE": `+OK\r\n${BULK}:123456\r\n${ARRAY}`,
};

for (const [name, reply] of Object.entries(REPLIES)) {
  const group = `redis, replies ${name}`;
  const chunks = repeated(Buffer.from(reply));
  for (const returnBuffers of [false, true]) {
    Deno.bench({
      name: `redis-parser${returnBuffers ? ", buffers" : ""}`,
      group,
      baseline: returnBuffers,
    }, () => {
      const parser = new RedisParser({
        returnBuffers,
        returnReply: () => seen++,
        returnError: () => seen++,
      });
      for (const chunk of chunks) parser.execute(chunk);
    });
  }
  Deno.bench({ name: "redis", group }, () => decode("redis", chunks));
  Deno.bench({ name: "redis, skip()", group }, () => count("redis", chunks));
}

for (const size of [10, 100, 1000]) {
  const group = `mqtt, PUBLISH of ${size} B`;
  const chunks = repeated(mqtt.generate({
    cmd: "publish",
    dup: false,
    payload: Buffer.alloc(size, "x"),
    qos: 0,
    retain: false,
    topic: "sensors/temperature",
  }));
  Deno.bench({ name: "mqtt-packet", group, baseline: true }, () => {
    const parser = mqtt.parser();
    parser.on("packet", () => seen++);
    for (const chunk of chunks) parser.parse(chunk);
  });
  Deno.bench({ name: "mqtt", group }, () => decode("mqtt", chunks));
}

// What was computed has to be used, or it is not computed.
globalThis.addEventListener("unload", () => {
  if (seen === 0) throw new Error("Nothing was decoded");
});
