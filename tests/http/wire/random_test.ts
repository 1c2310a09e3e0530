/**
 * Any bytes give events or the protocol error, nothing else, and the same in
 * every cut.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import { HttpConnection, type HttpEvent } from "@parley/parley/http";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutAt, latin1 } from "../../support/chunkings.ts";
import { type PeerEnd, read, type Reader, show } from "./reading.ts";

/** What messages are made of, good and bad. */
const PIECES = [
  "GET / HTTP/1.1\r\n",
  "POST /a HTTP/1.1\r\n",
  "HEAD http://a/ HTTP/1.0\r\n",
  "CONNECT a:1 HTTP/1.1\r\n",
  "HTTP/1.1 200 OK\r\n",
  "HTTP/1.0 404 \r\n",
  "HTTP/1.1 100 x\r\n",
  "HTTP/1.1 101 x\r\n",
  "HTTP/1.1 204 x\r\n",
  "Host: a\r\n",
  "Content-Length: 3\r\n",
  "Content-Length:",
  "Transfer-Encoding: chunked\r\n",
  "Connection: close\r\n",
  "Connection: keep-alive, upgrade\r\n",
  "Upgrade: b\r\n",
  "Expect: 100-continue\r\n",
  "\r\n",
  "\r\n",
  "\r\n",
  "\n",
  "\r",
  " ",
  "\t",
  ":",
  ",",
  "0\r\n",
  "3\r\nabc\r\n",
  "2;a=b\r\nhi\r\n",
  "0\r\n\r\n",
  "\0",
  "\xff",
  "abc",
  "x".repeat(40),
];

/** Valid messages, to be damaged. */
const MESSAGES = [
  "GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n",
  "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
  "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
  "5;a=b\r\nhello\r\n1\r\n!\r\n0\r\nA: b\r\n\r\n",
  "HTTP/1.1 100 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" +
  '5;a="b"\r\nhello\r\n0\r\n\r\n',
  "HTTP/1.0 200 OK\r\nA: b\r\n\r\nhello",
];

const pieces = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...PIECES).map(latin1) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 4 }) },
  ),
  { maxLength: 14 },
).map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

/** A message with some of its bytes replaced by others, fewer or more. */
function damaged(
  messages: readonly string[],
  most: number,
): fc.Arbitrary<Uint8Array> {
  const by = fc.oneof(
    fc.constantFrom(...PIECES).map(latin1),
    fc.uint8Array({ maxLength: 2 }),
  );
  const changes = fc.array(fc.tuple(fc.nat(150), fc.nat(3), by), {
    minLength: 1,
    maxLength: most,
  });
  return fc.tuple(fc.constantFrom(...messages), changes).map(
    ([message, changes]) => {
      let bytes = [...latin1(message)];
      for (const [at, count, by] of changes) {
        const place = at % (bytes.length + 1);
        const behind = bytes.slice(place + count);
        bytes = [...bytes.slice(0, place), ...by, ...behind];
      }
      return Uint8Array.from(bytes);
    },
  );
}

const anyBytes = fc.oneof(
  pieces,
  damaged(MESSAGES, 3),
  fc.uint8Array({ maxLength: 60 }),
);

const someLimits = fc.record({
  maxLineBytes: fc.integer({ min: 14, max: 40 }),
  maxHeaderBytes: fc.integer({ min: 2, max: 80 }),
  maxFields: fc.nat(4),
  maxExtensionBytes: fc.nat(8),
  maxTrailerBytes: fc.integer({ min: 2, max: 20 }),
  maxBodyBytes: fc.nat(8),
}, { requiredKeys: [] });

const anyReader: fc.Arbitrary<Reader> = fc.record({
  role: fc.constantFrom("server", "client"),
  method: fc.constantFrom("GET", "HEAD", "CONNECT"),
  asks: fc.constantFrom([], [["Connection", "upgrade"], ["Upgrade", "b"]]),
  options: fc.tuple(someLimits, fc.boolean()).map(([limits, bareLineFeed]) => ({
    ...limits,
    bareLineFeed,
  })),
}) as fc.Arbitrary<Reader>;

const anyEnd = fc.constantFrom<PeerEnd>("open", "announced", "cut");

Deno.test("any bytes give events or HttpError, and the same in any cut", () => {
  const places = fc.array(fc.nat(200), { maxLength: 8 });
  fc.assert(
    fc.property(
      anyReader,
      anyBytes,
      places,
      anyEnd,
      (reader, bytes, places, end) => {
        const whole = read(reader, [bytes.slice()], end);
        assertEquals(read(reader, cutAt(bytes, places), end), whole);
      },
    ),
    { numRuns: 10_000 },
  );
});

Deno.test("any bytes give the same at every cut", () => {
  fc.assert(
    fc.property(anyReader, anyBytes, anyEnd, (reader, bytes, end) => {
      const whole = read(reader, [bytes.slice()], end);
      const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
      assertEquals(read(reader, single, end), whole);
      for (let at = 1; at < bytes.length; at++) {
        assertEquals(read(reader, cutAt(bytes, [at]), end), whole);
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("every request that is read can be written, and is read as the same", () => {
  let count = 0;
  fc.assert(
    fc.property(damaged(MESSAGES.slice(0, 3), 2), (bytes) => {
      const events = eventsOf(bytes);
      for (const message of messagesIn(events)) {
        count++;
        const again = eventsOf(written(message));
        assertEquals(shown(again), shown(message));
      }
    }),
    { numRuns: 5000 },
  );
  if (count < 500) throw new Error(`only ${count} requests were read`);
});

/** The events of whole requests in front of the first fault. */
function eventsOf(bytes: Uint8Array): HttpEvent[] {
  const http = new HttpConnection("server");
  const events: HttpEvent[] = [];
  http.receive(bytes);
  try {
    for (let event; (event = http.next()) !== undefined;) {
      events.push(event);
      if (event.type === "end") answer(http);
    }
  } catch {
    // What a fault is like is seen in the other tests.
  }
  return events;
}

function answer(http: HttpConnection): void {
  const sink = new ByteSink();
  const version = "1.1";
  http.send({
    type: "response",
    status: 404,
    reason: "",
    version,
    headers: [["Content-Length", "0"]],
  }, sink);
  http.send({ type: "end", trailers: [] }, sink);
}

function* messagesIn(events: readonly HttpEvent[]): Generator<HttpEvent[]> {
  let message: HttpEvent[] = [];
  for (const event of events) {
    message.push(event);
    if (event.type !== "end") continue;
    yield message;
    message = [];
  }
}

function written(message: readonly HttpEvent[]): Uint8Array {
  const sink = new ByteSink();
  const http = new HttpConnection("client");
  for (const event of message) http.send(event, sink);
  return Uint8Array.from(sink.pieces().flatMap((piece) => [...piece]));
}

/** Events in lines, without the end that a client of HTTP/1.0 announces. */
function shown(events: readonly HttpEvent[]): string[] {
  const data = events.map((event) => event.type === "data" ? event.bytes : [])
    .flatMap((bytes) => [...bytes]).join(" ");
  return events.filter(({ type }) => type !== "data").map((event) =>
    show(event).replace(/( HTTP\/1\.0.*) \| connection: close$/, "$1")
  ).concat(data);
}
