/**
 * Each byte is looked at once and copied a constant number of times, counted and
 * not timed.
 *
 * @module
 */

import { HttpConnection, type HttpReadOptions } from "@parley/parley/http";
import { assertEquals, assertLess } from "@std/assert";
import type { ByteQueue } from "../../../lib/bytes/byte_queue.ts";
import { bodyReader } from "../../../lib/http/wire/reading/body_reader.ts";
import { readSettings } from "../../../lib/http/wire/http_limits.ts";
import { LineScanner } from "../../../lib/http/wire/reading/line_scanner.ts";
import { CountingQueue } from "../../../lib/testing/counting_queue.ts";
import { latin1 } from "../../support/chunkings.ts";

const KIB = 1024;
const MIB = 1024 * KIB;

/** A queue that counts what is read of a view, and not the view's size. */
class WatchingQueue extends CountingQueue {
  override peek(start: number, end: number): Uint8Array {
    const before = this.looked;
    const view = super.peek(start, end);
    this.looked = before;
    return new Proxy(view, {
      get: (target, key) => {
        if (/^[0-9]+$/.test(String(key))) this.looked++;
        return Reflect.get(target, key);
      },
    });
  }
}

/** Pieces of that size, with buffers of their own. */
function* pieces(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    yield bytes.slice(at, at + size);
  }
}

/** A head of two fields of that many bytes, without its first line. */
function fields(size: number): string {
  return `Host: a\r\nA: ${"x".repeat(size - 16)}\r\n\r\n`;
}

// The extensions of the one-byte chunks are more than a message may bring.
const ANY_OVERHEAD = { maxOverheadBytes: Infinity };

/** A body of one-byte chunks. */
function tinyChunks(count: number): string {
  return `${"1;a=b\r\nx\r\n".repeat(count)}0\r\n\r\n`;
}

/** Bytes that are copied from one array to another while something is done. */
function copiedBy(work: () => void): number {
  const arrays = Object.getPrototypeOf(Uint8Array.prototype);
  const { set } = arrays;
  let copied = 0;
  arrays.set = function (from: ArrayLike<number>, at?: number): void {
    copied += from.length;
    set.call(this, from, at);
  };
  try {
    work();
  } finally {
    arrays.set = set;
  }
  return copied;
}

/** Reads one message that a server gets, and returns the size of its body. */
function readAll(
  bytes: Uint8Array,
  size: number,
  options: HttpReadOptions = {},
): number {
  const http = new HttpConnection("server", options);
  let body = 0;
  let isOver = false;
  for (const piece of pieces(bytes, size)) {
    http.receive(piece);
    for (let event; (event = http.next()) !== undefined;) {
      if (event.type === "data") body += event.bytes.length;
      isOver ||= event.type === "end";
    }
  }
  assertEquals(isOver, true);
  return body;
}

for (const bareLineFeed of [false, true]) {
  Deno.test(`a head that comes byte by byte is looked at once, with lone LF ${bareLineFeed}`, () => {
    const head = latin1(fields(32 * KIB));
    const never = () => {
      throw new Error("a limit was met");
    };
    const scanner = new LineScanner({
      bareLineFeed,
      maxFirstBytes: 0,
      maxRestBytes: head.length,
      maxLines: 100,
      firstTooLong: never,
      restTooLong: never,
      tooManyLines: never,
      checkFirst: never,
    });
    const queue = new WatchingQueue();
    let isOver = false;
    for (const byte of pieces(head, 1)) {
      queue.push(byte);
      isOver = scanner.scan(queue);
    }
    assertEquals(isOver, true);
    // A CR is looked at again with its LF.
    assertLess(queue.looked, 1.1 * head.length);
  });
}

/** Bytes looked at until a body has come in pieces. */
function looked(
  length: number | "chunked",
  bytes: Uint8Array,
  size: number,
): number {
  const reader = bodyReader(length, readSettings(ANY_OVERHEAD), undefined);
  const queue = new CountingQueue();
  const next = () => reader.next(queue as ByteQueue);
  let isOver = false;
  for (const piece of pieces(bytes, size)) {
    queue.push(piece);
    for (let event; !isOver && (event = next()) !== undefined;) {
      isOver = event.type === "end";
    }
  }
  assertEquals(isOver, true);
  return queue.looked;
}

Deno.test("a body whose length is known is not looked at", () => {
  assertEquals(looked(8 * MIB, new Uint8Array(8 * MIB), KIB), 0);
});

for (const size of [1, 3, KIB, MIB]) {
  Deno.test(`a body of one-byte chunks that comes in pieces of ${size} is looked at twice`, () => {
    // Once to find the line's end, once to read it.
    const bytes = latin1(tinyChunks(20_000));
    assertLess(looked("chunked", bytes, size), 2.2 * bytes.length);
  });
}

Deno.test("an 8 MiB body in 1 KiB pieces is not copied", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n";
  const bytes = new Uint8Array(head.length + 8 * MIB);
  bytes.set(latin1(head));
  const copied = copiedBy(() => {
    assertEquals(readAll(bytes, KIB), 8 * MIB);
  });
  assertLess(copied, 4 * KIB);
});

Deno.test("an 8 MiB body that waits in 1 KiB pieces is copied at most twice", () => {
  const http = new HttpConnection("server");
  http.receive(
    latin1("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8388608\r\n\r\n"),
  );
  for (const piece of pieces(new Uint8Array(8 * MIB), KIB)) http.receive(piece);
  let events = 0;
  const copied = copiedBy(() => {
    for (; http.next() !== undefined; events++);
  });
  assertEquals(http.peerState, "done");
  assertLess(copied, 16 * MIB);
  assertLess(events, 200); // and not given in 8192 parts
});

Deno.test("a head of twice the size that comes byte by byte is copied twice as much", () => {
  const copied = [32, 64].map((kib) => {
    const head = latin1(`GET / HTTP/1.1\r\n${fields(kib * KIB)}`);
    const options = { maxHeaderBytes: kib * KIB };
    return copiedBy(() => readAll(head, 1, options)) / head.length;
  });
  for (const times of copied) assertLess(times, 4);
});

for (const size of [1, KIB, MIB]) {
  Deno.test(`a body of one-byte chunks that comes in pieces of ${size} is copied a few times`, () => {
    const head =
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    const bytes = latin1(head + tinyChunks(20_000));
    const copied = copiedBy(() => {
      assertEquals(readAll(bytes, size, ANY_OVERHEAD), 20_000);
    });
    assertLess(copied, 4 * bytes.length);
  });
}
