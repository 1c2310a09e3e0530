/**
 * What a message may bring besides its head and its body, and how much memory a
 * body keeps that was collected.
 *
 * @module
 */

import { HttpConnection } from "@parley/parley/http";
import { assert, assertEquals, assertLess } from "@std/assert";
import { latin1 } from "../../support/chunkings.ts";
import { requests, responses } from "./table.ts";

const POST = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const POST_GIVES = "POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked";
const OK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const OK_GIVES = "response HTTP/1.1 200 OK | Transfer-Encoding: chunked";
const OVERHEAD = ["too_large", 431, "overhead"] as const;
const TEN = { maxOverheadBytes: 10 };

requests([
  {
    name: "extensions at the limit of all",
    clause: "RFC 9112 7.1.1",
    options: TEN,
    bytes: `${POST}1;abcd\r\nx\r\n1;abcd\r\ny\r\n0\r\n\r\n`,
    gives: [POST_GIVES, "data xy", "end"],
  },
  {
    name: "extensions above the limit of all behind the data before them",
    clause: "RFC 6585 5",
    options: TEN,
    bytes: `${POST}1;abcd\r\nx\r\n1;abcd\r\ny\r\n0;\r\n`,
    gives: [POST_GIVES, "data xy"],
    option: "maxOverheadBytes",
    refused: OVERHEAD,
  },
  {
    name: "an extension without end above the limit of all",
    clause: "RFC 6585 5",
    options: TEN,
    bytes: `${POST}1;${"a".repeat(25)}`,
    gives: [POST_GIVES],
    option: "maxOverheadBytes",
    refused: OVERHEAD,
  },
  {
    name: "an extension above its own limit, which is the smaller one",
    clause: "RFC 6585 5",
    options: { maxOverheadBytes: 10, maxExtensionBytes: 4 },
    bytes: `${POST}1;abcd\r\n`,
    gives: [POST_GIVES],
    option: "maxExtensionBytes",
    refused: ["too_large", 431, "extension of a chunk"],
  },
  {
    name: "trailers up to the limit of all",
    clause: "RFC 9112 7.1.2",
    options: TEN,
    bytes: `${POST}0;abc\r\nA: b\r\n\r\n`,
    gives: [POST_GIVES, "end | A: b"],
  },
  {
    name: "trailers above the limit of all",
    clause: "RFC 6585 5",
    options: TEN,
    bytes: `${POST}0;abcd\r\nA: b\r\n\r\n`,
    gives: [POST_GIVES],
    option: "maxOverheadBytes",
    refused: OVERHEAD,
  },
  {
    name: "no overhead where none may be",
    clause: "RFC 9112 7.1",
    options: { maxOverheadBytes: 0 },
    bytes: `${POST}1\r\nx\r\n0\r\n\r\n`,
    gives: [POST_GIVES, "data x", "end"],
  },
  {
    name: "a limit of all for each message",
    clause: "RFC 9112 7.1.1",
    options: TEN,
    bytes: `${POST}0;abcdefgh\r\n\r\n`.repeat(2),
    gives: [POST_GIVES, "end", POST_GIVES, "end"],
  },
]);

const HINT = "HTTP/1.1 103 x\r\n\r\n";

responses([
  {
    name: "informational responses and extensions at the limit of all",
    clause: "RFC 9110 15.2",
    options: { maxOverheadBytes: 2 * HINT.length + 2 },
    bytes: `${HINT}${HINT}${OK}0;a\r\n\r\n`,
    gives: [
      "informational HTTP/1.1 103 x",
      "informational HTTP/1.1 103 x",
      OK_GIVES,
      "end",
    ],
  },
  {
    name: "informational responses above the limit of all",
    clause: "RFC 6585 5",
    options: { maxOverheadBytes: 2 * HINT.length - 1 },
    bytes: `${HINT}${HINT}`,
    gives: ["informational HTTP/1.1 103 x"],
    option: "maxOverheadBytes",
    refused: OVERHEAD,
  },
  {
    name: "an extension above what informational responses have left",
    clause: "RFC 6585 5",
    options: { maxOverheadBytes: HINT.length + 2 },
    bytes: `${HINT}${OK}0;ab\r\n`,
    gives: ["informational HTTP/1.1 103 x", OK_GIVES],
    option: "maxOverheadBytes",
    refused: OVERHEAD,
  },
]);

/** Reads a body in pieces as a program does that collects its parts. */
function collected(bytes: Uint8Array, pieceBytes: number): Uint8Array[] {
  const http = new HttpConnection("server", { maxOverheadBytes: Infinity });
  const parts: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    http.receive(bytes.slice(at, at + pieceBytes));
    for (let event; (event = http.next()) !== undefined;) {
      if (event.type === "data") parts.push(event.bytes);
    }
  }
  assertEquals(http.peerState, "done");
  return parts;
}

/** Bytes of all buffers that the parts keep in memory. */
function heldBytes(parts: readonly Uint8Array[]): number {
  const buffers = new Set(parts.map(({ buffer }) => buffer));
  return [...buffers].reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function sizeOf(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

for (const extension of ["", `;${"e".repeat(999)}`]) {
  Deno.test(`a body of one-byte chunks with extensions of ${extension.length} bytes keeps a few times its size`, () => {
    const count = 20_000;
    const chunks = `1${extension}\r\nx\r\n`.repeat(count);
    const parts = collected(latin1(`${POST}${chunks}0\r\n\r\n`), 64 * 1024);
    assertEquals(sizeOf(parts), count);
    assertLess(heldBytes(parts), 4.1 * count);
    // An object for each byte would be a hundred times the body.
    assertLess(parts.length, count / 50);
  });
}

Deno.test("a small body behind a large head keeps a few times its size", () => {
  const head = `POST / HTTP/1.1\r\nHost: a\r\nA: ${"x".repeat(30_000)}\r\n`;
  const parts = collected(latin1(`${head}Content-Length: 5\r\n\r\nhello`), 1e6);
  assertEquals(sizeOf(parts), 5);
  assertEquals(heldBytes(parts), 5);
});

Deno.test("large chunks are given as they lie in the buffer", () => {
  const size = 60_000;
  const text = `${POST}${size.toString(16)}\r\n${
    "x".repeat(size)
  }\r\n0\r\n\r\n`;
  const bytes = latin1(text);
  const parts = collected(bytes, bytes.length);
  assertEquals(parts.map(({ length }) => length), [size]);
  assert(parts[0]!.buffer.byteLength > size);
});
