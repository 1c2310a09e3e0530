/**
 * Reads bytes the way a server or a client does, and writes down what came out.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import {
  type HeaderField,
  HttpConnection,
  HttpError,
  type HttpEvent,
  type HttpResponseReadOptions,
  type HttpState,
} from "@parley/parley/http";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";

/** Who reads, and what it says itself. */
export interface Reader {
  /** Who reads: a server reads requests, a client responses. */
  readonly role: "server" | "client";
  /** Limits and strictness. */
  readonly options?: HttpResponseReadOptions;
  /** Client: the request's method, if not GET. */
  readonly method?: string;
  /** Client: fields of its request besides Host. */
  readonly asks?: readonly HeaderField[];
  /** Server: the status of its answers, if not 200. */
  readonly answer?: number;
}

/** How the peer ends: not at all, in order, or by a cut line. */
export type PeerEnd = "open" | "announced" | "cut";

/** What came out. */
export interface Outcome {
  /** The events, each in a line of text; the data of a body in one. */
  readonly events: readonly string[];
  /** The error, all of it, or undefined. */
  readonly error: unknown;
  /** How far the peer's direction has come at last. */
  readonly state: HttpState;
  /** What was left over, one character per byte. */
  readonly rest: string;
  /** Faults of the last response that were accepted. */
  readonly forgiven: readonly string[];
}

/**
 * Reads chunks. A server answers each request at its end; a client has sent its
 * request before.
 *
 * @param reader Who reads.
 * @param chunks The bytes as they come.
 * @param end How the peer ends.
 * @returns What came out.
 */
export function read(
  reader: Reader,
  chunks: Iterable<Uint8Array>,
  end: PeerEnd = "open",
): Outcome {
  const http = new HttpConnection(reader.role, reader.options);
  if (reader.role === "client") ask(http, reader);
  const events: string[] = [];
  let error: unknown;
  try {
    for (const chunk of chunks) {
      const { needsBytes } = http;
      const before = events.length;
      http.receive(chunk);
      takeAll(http, reader, events);
      if (!needsBytes) assertEquals(events.length, before);
    }
    if (end !== "open") {
      http.receiveEnd(end === "announced");
      takeAll(http, reader, events);
    }
  } catch (thrown) {
    error = describe(http, thrown);
  }
  const state = http.peerState;
  const rest = state === "failed" ? "" : fromLatin1(http.takeRest());
  return { events, error, state, rest, forgiven: [...http.forgiven] };
}

/**
 * Everything that one chunk after the other brings, for tests that look closer.
 *
 * @param event The event.
 * @returns It in a line of text.
 */
export function show(event: HttpEvent): string {
  switch (event.type) {
    case "request":
      return `${event.method} ${event.target} HTTP/${event.version}` +
        fields(event.headers);
    case "data":
      return `data ${fromLatin1(event.bytes)}`;
    case "end":
      return `end${fields(event.trailers)}`;
    default:
      return `${event.type} HTTP/${event.version} ${event.status} ${event.reason}` +
        fields(event.headers);
  }
}

function fields(headers: readonly HeaderField[]): string {
  return headers.map(([name, value]) => ` | ${name}: ${value}`).join("");
}

function ask(http: HttpConnection, reader: Reader): void {
  const { method = "GET", asks = [] } = reader;
  const head = {
    type: "request",
    method,
    target: method === "CONNECT" ? "a:443" : "/",
    version: "1.1",
    headers: [["Host", "a"], ...asks],
  } as const;
  const sink = new ByteSink();
  http.send(head, sink);
  http.send({ type: "end", trailers: [] }, sink);
}

/** Takes what there is; a server answers what is over. */
function takeAll(http: HttpConnection, reader: Reader, events: string[]): void {
  for (;;) {
    const event = http.next();
    if (event === undefined) return;
    note(events, event);
    if (reader.role === "server" && event.type === "request") {
      lastMethod.set(http, event.method);
    }
    if (reader.role === "server" && event.type === "end") answer(http, reader);
  }
}

const lastMethod = new WeakMap<HttpConnection, string>();

function note(events: string[], event: HttpEvent): void {
  if (event.type === "data") {
    assert(event.bytes.length > 0, "data may not be empty");
    const last = events.at(-1);
    if (last?.startsWith("data ")) {
      events[events.length - 1] = last + fromLatin1(event.bytes);
      return;
    }
  }
  events.push(show(event));
}

function answer(http: HttpConnection, reader: Reader): void {
  const { answer: status = 200 } = reader;
  const isTunnel = status === 101 ||
    (status < 300 && lastMethod.get(http) === "CONNECT");
  const sink = new ByteSink();
  http.send({
    type: status < 200 ? "informational" : "response",
    status,
    reason: "",
    version: "1.1",
    headers: status === 101
      ? [["Connection", "upgrade"], ["Upgrade", "echo"]]
      : isTunnel
      ? []
      : [["Content-Length", "0"]],
  } as HttpEvent, sink);
  if (!isTunnel) http.send({ type: "end", trailers: [] }, sink);
}

/** Checks what is true of every refusal, and returns all there is to compare. */
function describe(http: HttpConnection, error: unknown): unknown {
  assert(error instanceof HttpError, String(error));
  assertEquals(http.peerState, "failed");
  assertEquals(http.needsBytes, false);
  http.receive(latin1("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  for (let again = 0; again < 2; again++) {
    try {
      http.next();
      throw new Error("next() gave something after an error");
    } catch (other) {
      assertStrictEquals(other, error);
    }
  }
  const { name, code, status, clause, message, details, option } = error;
  return { name, code, status, clause, message, details, option };
}
