/**
 * What is written is read again, however the network cuts it.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import {
  HttpConnection,
  type HttpEvent,
  type HttpVersion,
} from "@parley/parley/http";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { cutAt, latin1 } from "../../support/chunkings.ts";
import { type Exchange, requests, responses } from "./messages.ts";
import {
  type Outcome,
  type PeerEnd,
  read,
  type Reader,
  show,
} from "./reading.ts";

// Up to this size every cut in two is tried, above it random ones.
const SMALL_BYTES = 400;

const anyPlaces = fc.array(fc.nat(5000), { maxLength: 8 });

/** A client's bytes. */
function writtenRequest({ events }: Exchange): Uint8Array {
  return written(new HttpConnection("client"), events);
}

/** A server's bytes, and whether it closes behind them. */
function writtenResponse(
  { method, version, events }: Exchange,
): [bytes: Uint8Array, closes: boolean] {
  const http = new HttpConnection("server");
  http.receive(latin1(
    `${method} / HTTP/${version}\r\nHost: a\r\nConnection: keep-alive\r\n\r\n`,
  ));
  while (http.next() !== undefined);
  const bytes = written(http, events);
  return [bytes, http.ownState === "closed"];
}

function written(http: HttpConnection, events: readonly HttpEvent[]) {
  const sink = new ByteSink();
  for (const event of events) http.send(event, sink);
  return Uint8Array.from(sink.pieces().flatMap((piece) => [...piece]));
}

/** Events as they are shown, with the data of each body in one. */
function shown(events: readonly HttpEvent[]): string[] {
  const lines: string[] = [];
  for (const event of events) {
    const line = show(event);
    if (event.type === "data" && lines.at(-1)?.startsWith("data ")) {
      lines.push(lines.pop()! + line.slice("data ".length));
    } else lines.push(line);
  }
  return lines;
}

/** Checks what is read in every cut of few bytes, in some of many. */
function assertRead(
  reader: Reader,
  bytes: Uint8Array,
  places: readonly number[],
  end: PeerEnd,
  wanted: Outcome,
): void {
  assertEquals(read(reader, [bytes.slice()], end), wanted);
  assertEquals(read(reader, cutAt(bytes, places), end), wanted);
  if (bytes.length > SMALL_BYTES) return;
  const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
  assertEquals(read(reader, single, end), wanted);
  for (let at = 1; at < bytes.length; at++) {
    assertEquals(read(reader, cutAt(bytes, [at]), end), wanted);
  }
}

/** What sending adds to a response's head. */
function added({ method, version, events }: Exchange): string {
  const head = events.find(({ type }) => type === "response");
  if (head?.type !== "response") throw new Error("there is no response");
  const { headers, status } = head;
  const isDelimited = method === "HEAD" || status === 204 || status === 304 ||
    headers.some(([name]) => /^(?:content-l|transfer-e)/i.test(name));
  if (isDelimited) return version === "1.1" ? "" : " | connection: keep-alive";
  return version === "1.1"
    ? " | transfer-encoding: chunked"
    : " | connection: close";
}

for (
  const [what, maxBytes, numRuns] of [["small", 20, 200], [
    "large",
    3000,
    200,
  ]] as const
) {
  Deno.test(`a server reads ${what} requests in a row as a client wrote them`, () => {
    const some = fc.array(requests(maxBytes), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(some, anyPlaces, (exchanges, places) => {
        const bytes = Uint8Array.from(
          exchanges.flatMap((exchange) => [...writtenRequest(exchange)]),
        );
        const events = exchanges.flatMap(({ events }) => shown(events));
        const wanted = {
          events,
          error: undefined,
          state: "idle",
          rest: "",
          forgiven: [],
        };
        assertRead(
          { role: "server" },
          bytes,
          places,
          "open",
          wanted as Outcome,
        );
      }),
      { numRuns },
    );
  });

  Deno.test(`a client reads ${what} responses as a server wrote them`, () => {
    fc.assert(
      fc.property(responses(maxBytes), anyPlaces, (exchange, places) => {
        const [bytes, closes] = writtenResponse(exchange);
        const events = shown(exchange.events).map((line) =>
          line.startsWith("response ") ? line + added(exchange) : line
        );
        const wanted = {
          events,
          error: undefined,
          state: closes ? "closed" : "idle",
          rest: "",
          forgiven: [],
        };
        const reader = { role: "client", method: exchange.method } as const;
        const end = closes ? "announced" : "open";
        assertRead(reader, bytes, places, end, wanted as Outcome);
      }),
      { numRuns },
    );
  });
}

Deno.test("chunks with any extensions, digits and trailers are read as their data", () => {
  const token = fc.constantFrom("a", "B-1", "~!#$%&'*+.^_`|");
  const space = fc.constantFrom("", " ", "\t", " \t ");
  const quoted = fc.constantFrom('""', '"b; c=d\t~"', '"\\"\\\\\\ "');
  const extension = fc.oneof(
    fc.tuple(space, space, token).map(([a, b, name]) => `${a};${b}${name}`),
    fc.tuple(space, token, space, space, fc.oneof(token, quoted)).map((
      [a, name, b, c, value],
    ) => `${a};${name}${b}=${c}${value}`),
  );
  const extensions = fc.array(extension, { maxLength: 3 })
    .map((all) => all.join(""));
  const digits = fc.tuple(fc.nat(8), fc.boolean()).map(
    ([zeros, upper]) => (size: number) => {
      const text = "0".repeat(zeros) + size.toString(16);
      return upper ? text.toUpperCase() : text;
    },
  );
  const data = fc.uint8Array({ minLength: 1, maxLength: 40 });
  const chunk = fc.tuple(data, digits, extensions);
  const version: HttpVersion = "1.1";
  fc.assert(
    fc.property(
      fc.array(chunk, { maxLength: 4 }),
      digits,
      extensions,
      anyPlaces,
      (chunks, lastDigits, lastExtensions, places) => {
        const head =
          `HTTP/${version} 200 x\r\nTransfer-Encoding: chunked\r\n\r\n`;
        const bytes = [...latin1(head)];
        for (const [data, digits, extensions] of chunks) {
          bytes.push(...latin1(`${digits(data.length)}${extensions}\r\n`));
          bytes.push(...data, 13, 10);
        }
        bytes.push(
          ...latin1(`${lastDigits(0)}${lastExtensions}\r\nA: b\r\n\r\n`),
        );
        const events = shown([
          {
            type: "response",
            status: 200,
            reason: "x",
            version,
            headers: [["Transfer-Encoding", "chunked"]],
          },
          ...chunks.map(([bytes]): HttpEvent => ({ type: "data", bytes })),
          { type: "end", trailers: [["A", "b"]] },
        ]);
        const wanted = {
          events,
          error: undefined,
          state: "idle",
          rest: "",
          forgiven: [],
        };
        const reader = { role: "client" } as const;
        const stream = Uint8Array.from(bytes);
        assertRead(reader, stream, places, "open", wanted as Outcome);
      },
    ),
    { numRuns: 200 },
  );
});
