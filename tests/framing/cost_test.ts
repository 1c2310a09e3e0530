/**
 * Each byte is looked at once and copied a constant number of times, counted and
 * not timed.
 *
 * @module
 */

import { ByteSink, parseFraming } from "@parley/parley/framing";
import { assertEquals, assertLess } from "@std/assert";
import { CountingQueue } from "../../lib/testing/counting_queue.ts";

const MIB = 1024 * 1024;

/** Bytes looked at until a message has come in chunks. */
function work(framing: string, message: Uint8Array, chunk: number): number {
  const options = { maxMessageBytes: message.length };
  const sink = new ByteSink();
  parseFraming(framing).encoder(options).encode(message, sink);
  const decoder = parseFraming(framing).decoder(options);
  const queue = new CountingQueue();
  let size = 0;
  for (const piece of sink.pieces()) {
    for (let at = 0; at < piece.length; at += chunk) {
      queue.push(piece.slice(at, at + chunk));
      size += decoder.decode(queue)?.length ?? 0;
    }
  }
  size += decoder.decodeEnd(queue)?.length ?? 0;
  assertEquals(size, message.length);
  return queue.looked;
}

for (
  const framing of [
    "close",
    `fixed:${8 * MIB},pad=#`,
    "line",
    "delimiter:#*#",
    "delimiter:aab",
    "delimiter:abab#",
    "header:10",
    "length:4",
    "varint",
    "netstring",
    "content-length",
    "octet-count",
    "slip",
    "cobs",
    "json-seq",
  ]
) {
  Deno.test(`${framing} does twice the work for twice the message in 1 KiB chunks`, () => {
    // A delimiter's beginning over and over is the worst that can be sent.
    const fill = framing.includes(":ab") ? "abab" : "a";
    const message = new Uint8Array(8 * MIB).map((_, i) =>
      fill.charCodeAt(i % fill.length)
    );
    const half = work(framing, message.subarray(0, 4 * MIB), 1024);
    const whole = work(framing, message, 1024);
    assertLess(whole, 2.1 * half + 1024);
    assertLess(whole, 5 * message.length);
  });
}

Deno.test("netstring reads a length that comes byte by byte in linear work", () => {
  assertLess(work("netstring", new Uint8Array(5000), 1), 12_000);
});

Deno.test("content-length reads a header that comes byte by byte in linear work", () => {
  assertLess(work("content-length", new Uint8Array(5000), 1), 6_000);
});
