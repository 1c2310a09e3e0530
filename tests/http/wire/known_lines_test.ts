/**
 * Heads whose lines were sent before, which are copied and not checked again.
 *
 * The lines are known to all connections of the program, so these tests use names of
 * their own.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import { type HeaderField, HttpConnection } from "@parley/parley/http";
import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { HeadBuffer } from "../../../lib/http/wire/writing/head_buffer.ts";
import { KnownLines } from "../../../lib/http/wire/writing/known_lines.ts";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";

/** The head of a response as it is written on a new connection. */
function written(
  status: number,
  reason: string,
  headers: readonly HeaderField[],
): string {
  const http = new HttpConnection("server");
  http.receive(latin1("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  while (http.next() !== undefined);
  const sink = new ByteSink();
  try {
    http.send(
      { type: "response", status, reason, version: "1.1", headers },
      sink,
    );
  } catch (error) {
    assertEquals(sink.length, 0);
    assertEquals(http.ownState, "idle");
    throw error;
  }
  return fromLatin1(sink.copied());
}

/** The head as it must be. */
function expected(
  status: number,
  reason: string,
  headers: readonly HeaderField[],
): string {
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${reason}\r\n${lines.join("")}\r\n`;
}

const LENGTH: HeaderField = ["content-length", "0"];

Deno.test("send() writes the same head, however often its lines were sent", () => {
  const few = (...texts: string[]) => fc.constantFrom(...texts);
  const value = few("", "a", "b", "\xff \t", "x".repeat(255), "y".repeat(300));
  const name = few("known-a", "Known-A", "known-b", "200");
  const field = fc.tuple(name, value) as fc.Arbitrary<HeaderField>;
  const head = fc.tuple(
    fc.constantFrom(200, 299, 500),
    few("", "OK", "ok"),
    fc.array(field, { maxLength: 4 }),
  );
  fc.assert(fc.property(fc.array(head, { maxLength: 20 }), (heads) => {
    for (const [status, reason, fields] of heads) {
      const headers = [...fields, LENGTH];
      assertEquals(
        written(status, reason, headers),
        expected(status, reason, headers),
      );
    }
  }));
});

Deno.test("send() refuses a line end in a value or a phrase behind those that it knows", () => {
  const good: HeaderField[] = [["known-c", "d"], LENGTH];
  const bad = ["d\r\nX: y", "d\n", "d\r", "\0", "\u0100", "d\r\n\r\nHTTP/1.1"];
  for (let i = 0; i < 3; i++) {
    assertEquals(written(298, "Good", good), expected(298, "Good", good));
    for (const text of bad) {
      assertThrows(() => written(298, text, good), TypeError);
      for (const field of [["known-c", text], [`known-c${text}`, "d"]]) {
        const headers = [field as [string, string], LENGTH];
        assertThrows(() => written(298, "Good", headers), TypeError);
      }
    }
    // A program that types do not stop.
    const headers = [["known-c", 5 as unknown as string], LENGTH] as const;
    assertThrows(() => written(298, "Good", headers), TypeError);
  }
});

Deno.test("send() writes long heads, and more names than it remembers", () => {
  const long: HeaderField[] = [["known-long", "x".repeat(50_000)], LENGTH];
  const many = Array.from(
    { length: 300 },
    (_, i): HeaderField => [`known-${i}`, `${i}`],
  );
  for (let i = 0; i < 3; i++) {
    for (const headers of [long, [...many, LENGTH], [LENGTH]]) {
      assertEquals(written(200, "OK", headers), expected(200, "OK", headers));
    }
  }
});

/** Whether a line is known once it was noted so many times. */
function isKnown(
  lines: KnownLines,
  name: string,
  value: string,
  times: number,
): boolean {
  const head = new HeadBuffer();
  for (let i = 0; i < times; i++) {
    head.cut(0);
    head.add(`${name}: ${value}\r\n`);
    lines.note(head, 0, name, value);
  }
  head.cut(0);
  const isThere = lines.addTo(head, name, value);
  assertEquals(head.size, isThere ? name.length + value.length + 4 : 0);
  return isThere;
}

Deno.test("KnownLines knows lines that came twice, up to 256 bytes of 64 names, and no secrets", () => {
  const lines = new KnownLines();
  assertEquals(isKnown(lines, "a", "b", 1), false);
  assertEquals(isKnown(lines, "a", "b", 1), true);
  assertEquals(isKnown(lines, "a", "c", 1), false);
  assertEquals(isKnown(lines, "a", "b", 2), true);
  assertEquals(isKnown(lines, "long", "x".repeat(248), 2), true);
  assertEquals(isKnown(lines, "long", "x".repeat(249), 2), false);
  const secrets = ["Cookie", "set-cookie", "authorization"];
  for (const name of [...secrets, "Proxy-Authorization"]) {
    assertEquals(isKnown(lines, name, "b", 3), false, name);
  }
  for (let i = 0; i < 62; i++) {
    assertEquals(isKnown(lines, `a${i}`, "", 2), true);
  }
  assertEquals(isKnown(lines, "one more", "", 2), false);
});
