/**
 * Heads that come again and again, which are compared and not read.
 *
 * The tables are read at every cut. A head is remembered from its second time on, so
 * the third one is the first that is compared.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import { HttpConnection, type RequestHead } from "@parley/parley/http";
import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { cutAt, latin1 } from "../../support/chunkings.ts";
import { read } from "./reading.ts";
import { requests } from "./table.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const GIVES = ["GET / HTTP/1.1 | Host: a", "end"];
const THRICE = [...GIVES, ...GIVES, ...GIVES];

requests([
  {
    name: "a head five times",
    clause: "RFC 9112 9.3.2",
    bytes: GET.repeat(5),
    gives: [...THRICE, ...GIVES, ...GIVES],
  },
  {
    name: "another head of the same length behind three equal ones",
    clause: "RFC 9112 9.3.2",
    bytes: `${GET.repeat(3)}GET / HTTP/1.1\r\nHost: b\r\n\r\n${GET}`,
    gives: [...THRICE, "GET / HTTP/1.1 | Host: b", "end", ...GIVES],
  },
  {
    name: "a longer head that begins in the same way",
    clause: "RFC 9112 9.3.2",
    bytes: `${GET.repeat(3)}GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n\r\n`,
    gives: [...THRICE, "GET / HTTP/1.1 | Host: a | A: b", "end"],
  },
  {
    name: "a head that lacks its last byte after three equal ones",
    clause: "RFC 9112 8",
    bytes: GET.repeat(4).slice(0, -1),
    end: "announced",
    gives: THRICE,
    refused: ["truncated", 400, "inside the header fields"],
  },
  {
    name: "a smuggled line end in place of a repeated one",
    clause: "RFC 9112 2.2",
    bytes: `${GET.repeat(3)}GET / HTTP/1.1\r\nHost: a\n`,
    gives: THRICE,
    refused: ["malformed", 400, "LF without CR"],
  },
  {
    name: "an empty line before a repeated head, and two of them",
    clause: "RFC 9112 2.2",
    bytes: `${GET.repeat(3)}\r\n${GET}\r\n\r\n`,
    gives: [...THRICE, ...GIVES],
    refused: ["malformed", 400, "empty line"],
  },
  {
    name: "a body behind each of the same heads",
    clause: "RFC 9112 6.2",
    bytes: ["a", "b", "G", "d"].map((body) =>
      `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n${body}`
    ).join(""),
    gives: ["a", "b", "G", "d"].flatMap((body) => [
      "PUT / HTTP/1.1 | Host: a | Content-Length: 1",
      `data ${body}`,
      "end",
    ]),
  },
  {
    name: "the same head of HTTP/1.0 that keeps the connection",
    clause: "RFC 9112 9.3",
    bytes: "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".repeat(4),
    gives: Array(4).fill(["GET / HTTP/1.0 | Connection: keep-alive", "end"])
      .flat(),
  },
]);

/** Reads requests that lie in one chunk, and answers each. */
function heads(http: HttpConnection, text: string): RequestHead[] {
  http.receive(latin1(text));
  const heads: RequestHead[] = [];
  const headers = [["content-length", "0"]] as const;
  const version = "1.1";
  for (let event = http.next(); event !== undefined; event = http.next()) {
    if (event.type === "request") heads.push(event);
    if (event.type !== "end") continue;
    const sink = new ByteSink();
    http.send(
      { type: "response", status: 200, reason: "", version, headers },
      sink,
    );
    http.send({ type: "end", trailers: [] }, sink);
  }
  return heads;
}

Deno.test("next() gives the same frozen head from its third time on, and another for other bytes", () => {
  const http = new HttpConnection("server");
  const [first, second, third, fourth] = heads(http, GET.repeat(4));
  assertNotStrictEquals(first, second);
  assertStrictEquals(third, fourth);
  assertEquals(third, first);
  assert(third !== undefined);
  // What a program that is not checked by types would do.
  const fields = third.headers as [string, string][];
  assertThrows(() => fields.push(["Content-Length", "5"]), TypeError);
  assertThrows(() => fields[0]![1] = "b", TypeError);
  assertThrows(() => (third as { target: string }).target = "/x", TypeError);
  const [other, again] = heads(http, GET.replace("a", "b") + GET);
  assertEquals(other?.headers, [["Host", "b"]]);
  assertStrictEquals(again, third);
});

Deno.test("headBytes is that of the request that came last, repeated or not", () => {
  const http = new HttpConnection("server");
  const other = GET.replace("/", "/other");
  for (const text of [GET, GET, GET, other, GET]) {
    heads(http, text);
    assertEquals(http.headBytes, latin1(text));
  }
  assertEquals(http.offset, 4 * GET.length + other.length);
});

Deno.test("a repeated head is not taken for that of another connection", () => {
  const texts = [GET, GET.replace("a", "b")];
  const connections = texts.map(() => new HttpConnection("server"));
  for (let i = 0; i < 4; i++) {
    for (const [at, http] of connections.entries()) {
      const [head] = heads(http, texts[at]!);
      assertEquals(head?.headers, [["Host", at === 0 ? "a" : "b"]]);
    }
  }
});

Deno.test("forgetHeads() lets the next head be read, and changes nothing else", () => {
  const http = new HttpConnection("server");
  const [, , third] = heads(http, GET.repeat(3));
  http.forgetHeads();
  const [fourth, fifth, sixth] = heads(http, GET.repeat(3));
  assertNotStrictEquals(fourth, third);
  assertEquals([fourth, fifth, sixth], [third, third, third]);
  assertStrictEquals(heads(http, GET)[0], sixth);
  new HttpConnection("client").forgetHeads();
});

Deno.test("a head above 2 KiB is read each time", () => {
  const http = new HttpConnection("server");
  const long = `GET / HTTP/1.1\r\nHost: a\r\nA: ${"b".repeat(2048)}\r\n\r\n`;
  const [, , third, fourth] = heads(http, long.repeat(4));
  assertNotStrictEquals(third, fourth);
  assertEquals(third, fourth);
});

Deno.test("requests in any order give what each gives alone, wherever they are cut", () => {
  const texts = [
    GET,
    GET.replace("a", "b"),
    "GET / HTTP/1.1\r\nHost: a\r\nB: \xe9\r\n\r\n",
    "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nGE",
    "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nG\r\n0\r\n\r\n",
    `\r\n${GET}`,
  ];
  const alone = texts.map((text) =>
    read({ role: "server" }, [latin1(text)]).events
  );
  const few = fc.array(fc.nat(texts.length - 1), { maxLength: 12 });
  // Half of them the same, or few heads would come twice in a row.
  const many = few.map((kinds) => kinds.flatMap((kind) => [kind, 0, 0, kind]));
  fc.assert(fc.property(
    fc.oneof(few, many),
    fc.array(fc.nat(2_000), { maxLength: 8 }),
    (kinds, places) => {
      const bytes = latin1(kinds.map((kind) => texts[kind]).join(""));
      const { error, events } = read({ role: "server" }, cutAt(bytes, places));
      assertEquals(error, undefined);
      assertEquals(events, kinds.flatMap((kind) => alone[kind]!));
    },
  ));
});
