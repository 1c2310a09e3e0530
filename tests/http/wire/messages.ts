/**
 * Messages to be generated: everything that may be sent.
 *
 * @module
 */

import type { HeaderField, HttpEvent, HttpVersion } from "@parley/parley/http";
import fc from "fast-check";
import { latin1 } from "../../support/chunkings.ts";

/** A message as it is sent, and the events that must be read. */
export interface Exchange {
  /** What the request says: on a client what it sent, on a server what it reads. */
  readonly method: string;
  /** The version of the request. */
  readonly version: HttpVersion;
  /** The events to send. */
  readonly events: readonly HttpEvent[];
}

const TCHARS = "!#$%&'*+-.^_`|~019azAZ";
const TARGET_CHARS = "!\"$%&'()*+,-./09:;<=>?@AZ[\\]^_`az{|}~";
const TEXT_CHARS = '\t !"#:,;=az09\\~\x80\x85\xa0\xff';
// A generated name that means something would say what the message is not.
const MEANING =
  /^(?:connection|content-length|expect|host|transfer-encoding|upgrade)$/i;

function text(characters: string, minLength: number, maxLength: number) {
  return fc.array(fc.constantFrom(...characters), { minLength, maxLength })
    .map((parts) => parts.join(""));
}

const name = text(TCHARS, 1, 8).filter((name) => !MEANING.test(name));
const value = text(TEXT_CHARS, 0, 12).map((value) =>
  value.replace(/^[ \t]+|[ \t]+$/g, "")
);
const field = fc.tuple(name, value) as fc.Arbitrary<HeaderField>;
const fields = fc.array(field, { maxLength: 4 });
const reason = text(TEXT_CHARS, 0, 8);
const host = fc.constantFrom("", "a", "example.org:80", "[::1]", "[::1]:1");
const method = fc.oneof(
  fc.constantFrom("GET", "HEAD", "POST", "OPTIONS", "get"),
  text(TCHARS, 1, 8),
).filter((method) => method !== "CONNECT");
const target = fc.oneof(
  text(TARGET_CHARS, 0, 20).map((path) => `/${path}`),
  fc.constantFrom("http://a", "http://[::1]:8080/?", "HTTPS://a:1/b?c"),
);
// The version decides what keeps the connection open, so that more may follow.
const versions = fc.constantFrom(
  ["1.1", []],
  ["1.1", [["Connection", "keep-alive"]]],
  ["1.0", [["connection", "Keep-Alive"]]],
) as fc.Arbitrary<[HttpVersion, HeaderField[]]>;

/**
 * Parts of a body.
 *
 * @param maxLength Most bytes of each.
 * @returns Its generator.
 */
function parts(maxLength: number): fc.Arbitrary<Uint8Array[]> {
  const known = fc.constantFrom("0\r\n\r\n", "\r\n", "GET / HTTP/1.1\r\n\r\n");
  return fc.array(
    fc.oneof(
      known.map(latin1),
      fc.uint8Array({ minLength: 1, maxLength }),
    ),
    { maxLength: 4 },
  );
}

/** A body: the fields that announce it, its parts, and what comes behind. */
interface Body {
  readonly announced: HeaderField[];
  readonly events: HttpEvent[];
}

function body(maxBytes: number, kind: string): fc.Arbitrary<Body> {
  return fc.tuple(parts(maxBytes), fields).map(([parts, trailers]) => {
    if (kind === "none") return { announced: [], events: [end([])] };
    const data = parts.map((bytes): HttpEvent => ({ type: "data", bytes }));
    if (kind === "chunked") {
      const announced: HeaderField[] = [["transfer-encoding", "Chunked"]];
      return { announced, events: [...data, end(trailers)] };
    }
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    const announced: HeaderField[] = kind === "length"
      ? [["Content-LENGTH", `${size}`]]
      : [];
    return { announced, events: [...data, end([])] };
  });
}

function end(trailers: readonly HeaderField[]): HttpEvent {
  return { type: "end", trailers };
}

/**
 * Requests that leave the connection open.
 *
 * @param maxBytes Most bytes of a part of the body.
 * @returns Their generator.
 */
export function requests(maxBytes: number): fc.Arbitrary<Exchange> {
  return versions.chain(([version, keepAlive]) =>
    fc.constantFrom("none", "length", version === "1.1" ? "chunked" : "none")
      .chain((kind) =>
        fc.tuple(method, target, host, fields, body(maxBytes, kind))
      ).map(([method, target, host, fields, body]) => {
        const headers: HeaderField[] = [
          ["Host", host],
          ...fields,
          ...body.announced,
          ...keepAlive,
        ];
        const head = { type: "request", method, target, version, headers };
        return {
          method,
          version,
          events: [head as HttpEvent, ...body.events],
        };
      })
  );
}

/**
 * Responses of every kind, informational ones before them.
 *
 * @param maxBytes Most bytes of a part of the body.
 * @returns Their generator.
 */
export function responses(maxBytes: number): fc.Arbitrary<Exchange> {
  const informational = fc.record({
    type: fc.constant("informational"),
    status: fc.constantFrom(100, 102, 103, 199),
    reason,
    version: fc.constant("1.1"),
    headers: fields,
  }) as fc.Arbitrary<HttpEvent>;
  return fc.tuple(
    fc.constantFrom("GET", "HEAD"),
    fc.constantFrom<HttpVersion>("1.1", "1.0"),
    fc.constantFrom(200, 204, 205, 304, 404, 599),
    fc.constantFrom("length", "chunked", "unknown"),
  ).chain(([method, version, status, kind]) => {
    const isBodiless = method === "HEAD" || status === 204 || status === 304;
    return fc.tuple(
      fc.array(informational, { maxLength: version === "1.1" ? 2 : 0 }),
      reason,
      fields,
      body(
        maxBytes,
        isBodiless || (kind === "chunked" && version === "1.0") ? "none" : kind,
      ),
    ).map(([before, reason, fields, { announced, events }]) => {
      const headers = [...fields, ...announced];
      const type = "response";
      const head: HttpEvent = { type, status, reason, version: "1.1", headers };
      return { method, version, events: [...before, head, ...events] };
    });
  });
}
