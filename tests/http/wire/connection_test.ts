/**
 * Whether a connection stays open behind a message, and what is expected of it.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";
import type { HttpState } from "@parley/parley/http";

/** A request, and where it leaves the connection once it was answered. */
function request(
  name: string,
  version: string,
  fields: string,
  state: HttpState,
): Row {
  return {
    name: `${name}: ${state}`,
    clause: "RFC 9112 9.3",
    bytes: `GET / HTTP/${version}\r\nHost: a\r\n${fields}\r\n\r\n`,
    gives: [
      `GET / HTTP/${version} | Host: a | ${fields.replaceAll("\r\n", " | ")}`,
      "end",
    ],
    state,
  };
}

/** A response, and where it leaves the connection. */
function response(
  name: string,
  version: string,
  fields: string,
  state: HttpState,
): Row {
  return {
    name: `${name}: ${state}`,
    clause: "RFC 9112 9.3",
    bytes: `HTTP/${version} 204 x\r\n${fields}\r\n\r\n`,
    gives: [
      `response HTTP/${version} 204 x | ${fields.replaceAll("\r\n", " | ")}`,
      "end",
    ],
    state,
  };
}

for (
  const [name, version, fields, state] of [
    ["1.1 that says nothing", "1.1", "A: b", "idle"],
    ["1.1 that says keep-alive", "1.1", "Connection: keep-alive", "idle"],
    ["1.1 that says close", "1.1", "Connection: close", "closed"],
    ["1.1 that says Close", "1.1", "connection: Close", "closed"],
    [
      "1.1 that says close and keep-alive",
      "1.1",
      "Connection: keep-alive, close",
      "closed",
    ],
    [
      "1.1 that says close in a list",
      "1.1",
      "Connection: te ,\tclose",
      "closed",
    ],
    [
      "1.1 that says close in its second field",
      "1.1",
      "Connection: a\r\nConnection: close",
      "closed",
    ],
    ["1.1 that says closed", "1.1", "Connection: closed", "idle"],
    [
      "1.1 that says close under another name",
      "1.1",
      "Proxy-Connection: close",
      "idle",
    ],
    ["1.0 that says nothing", "1.0", "A: b", "closed"],
    ["1.0 that says close", "1.0", "Connection: close", "closed"],
    ["1.0 that says keep-alive", "1.0", "Connection: Keep-Alive", "idle"],
    [
      "1.0 that says keep-alive and close",
      "1.0",
      "Connection: keep-alive, close",
      "closed",
    ],
    [
      "1.0 that says keep-alive under another name",
      "1.0",
      "Keep-Alive: timeout=5",
      "closed",
    ],
  ] as const
) {
  requests([request(name, version, fields, state)]);
  responses([response(name, version, fields, state)]);
}

responses([
  {
    name: "an end that this side asked for",
    clause: "RFC 9112 9.6",
    asks: [["Connection", "close"]],
    bytes: "HTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n",
    gives: ["response HTTP/1.1 200 x | Content-Length: 0", "end"],
    state: "closed",
  },
]);

const POST = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n";
const GIVES = "POST / HTTP/1.1 | Host: a | Content-Length: 1";

/** An expectation that is refused. */
function unmet(name: string, fields: string): Row {
  return {
    name,
    clause: "RFC 9110 10.1.1",
    bytes: `${POST}${fields}\r\n\r\n`,
    refused: ["malformed", 417, "not 100-continue"],
  };
}

requests([
  {
    name: "an expectation of 100",
    clause: "RFC 9110 10.1.1",
    bytes: `${POST}Expect: 100-Continue\r\n\r\na`,
    gives: [`${GIVES} | Expect: 100-Continue`, "data a", "end"],
  },
  {
    name: "an expectation of 100 without a body",
    clause: "RFC 9110 10.1.1",
    bytes: "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
    gives: ["GET / HTTP/1.1 | Host: a | Expect: 100-continue", "end"],
  },
  {
    name: "an expectation of 100 in HTTP/1.0",
    clause: "RFC 9110 10.1.1",
    bytes:
      "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\na",
    gives: [
      "POST / HTTP/1.0 | Content-Length: 1 | Expect: 100-continue",
      "data a",
      "end",
    ],
    state: "closed",
  },
  unmet("another expectation", "Expect: 200-ok"),
  unmet("another expectation beside it", "Expect: 100-continue, tea"),
  unmet(
    "another expectation in a second field",
    "Expect: 100-continue\r\nExpect: x",
  ),
]);
