/**
 * Each byte is looked at once and copied a constant number of times, counted and
 * not timed.
 *
 * @module
 */

import { ByteSink, parseFraming, ProtocolError } from "@parley/parley/framing";
import { assert, assertEquals, assertLess } from "@std/assert";
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
  assertLess(queue.copiedBytes, 4 * queue.offset + 4096);
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
    work(framing, message, 65_536);
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

// Streams without end in which each framing has the most to do.
for (
  const [framing, head, unit] of [
    ["json-seq", "\x1e", "[\n"],
    ["json-seq", "\x1e", '"\n'],
    ["slip", "", "\xdb\xdc"],
    ["delimiter:#*#", "", "#*"],
    ["delimiter:#*#", "", "a#"],
    ["delimiter:ab", "", "a"],
    ["delimiter:aab", "", "aaac"],
    ["line", "", "a\r"],
    ["cobs", "", "\x02\x01"],
    ["cobs", "", "\x01"],
    ["content-length", "", "X: y\r\n"],
    ["json", "[", "[1],\n"],
    ["resp", "*1000000\r\n", "$1\r\na\r\n"],
    ["rpc", "", "\0\0\0\x01a"],
  ] as const
) {
  Deno.test(`${framing} does twice the work for twice the pushed chunks of ${JSON.stringify(unit)}, copies counted`, () => {
    for (const chunk of [777, 65_536]) {
      const [half, whole] = [1, 2].map((mebibytes) => {
        const size = mebibytes * MIB;
        const stream = Uint8Array.from(
          (head + unit.repeat(size / unit.length)).slice(0, size),
          (c) => c.charCodeAt(0),
        );
        const options = { maxMessageBytes: 4 * MIB };
        const decoder = parseFraming(framing).decoder(options);
        const queue = new CountingQueue();
        try {
          for (let at = 0; at < stream.length; at += chunk) {
            queue.push(stream.slice(at, at + chunk));
            while (decoder.decode(queue) !== undefined);
          }
        } catch (error) {
          // Header lines without end are refused; that is cheap as well.
          assert(error instanceof ProtocolError);
        }
        assertLess(queue.copiedBytes, 4 * size);
        return queue.looked + queue.copiedBytes;
      }) as [number, number];
      assertLess(whole, 2.6 * half + 4096);
      assertLess(half, 12 * MIB);
    }
  });
}
