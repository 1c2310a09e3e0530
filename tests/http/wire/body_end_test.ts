/**
 * Where a body ends without a word of its own, and streams that end too early.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const GIVES = "POST / HTTP/1.1 | Host: a";
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`;
const CHUNKED_GIVES = `${GIVES} | Transfer-Encoding: chunked`;
const OK = "HTTP/1.1 200 OK\r\n";

/** A stream that ends too early. */
function cutOff(
  name: string,
  bytes: string,
  why: string,
  ...gives: string[]
): Row {
  return {
    name,
    clause: "RFC 9112 8",
    bytes,
    end: "announced",
    gives,
    refused: ["truncated", 400, why],
  };
}

requests([
  {
    name: "the end instead of a request",
    clause: "RFC 9112 9.5",
    bytes: "",
    end: "announced",
    state: "closed",
  },
  {
    name: "a cut line instead of a request",
    clause: "RFC 9112 9.5",
    bytes: "",
    end: "cut",
    state: "closed",
  },
  {
    name: "the end behind one empty line",
    clause: "RFC 9112 2.2",
    bytes: "\r\n",
    end: "announced",
    state: "closed",
  },
  {
    name: "a body whose length is known, whatever the end",
    clause: "RFC 9112 9.8",
    bytes: `${POST}Content-Length: 1\r\n\r\na`,
    end: "cut",
    gives: [`${GIVES} | Content-Length: 1`, "data a", "end"],
    state: "closed",
  },
  cutOff("an end within the first line", "GET / HT", "the first line"),
  cutOff("an end between CR and LF", "GET / HTTP/1.1\r", "the first line"),
  cutOff("an end behind the first line", "GET / HTTP/1.1\r\n", "header fields"),
  cutOff("an end before the empty line", `${POST}`, "header fields"),
  cutOff("an end within the empty line", `${POST}\r`, "header fields"),
  cutOff(
    "an end before the body",
    `${POST}Content-Length: 5\r\n\r\n`,
    "after 0 of the body's 5 bytes",
    `${GIVES} | Content-Length: 5`,
  ),
  cutOff(
    "an end within the body",
    `${POST}Content-Length: 5\r\n\r\nhell`,
    "after 4 of the body's 5 bytes",
    `${GIVES} | Content-Length: 5`,
    "data hell",
  ),
  cutOff(
    "an end before the first chunk",
    CHUNKED,
    "after 0 bytes of it",
    CHUNKED_GIVES,
  ),
  cutOff(
    "an end within a chunk's size",
    `${CHUNKED}5`,
    "after 0 bytes of it",
    CHUNKED_GIVES,
  ),
  cutOff(
    "an end within a chunk",
    `${CHUNKED}5\r\nhell`,
    "after 4 bytes of it",
    CHUNKED_GIVES,
    "data hell",
  ),
  cutOff(
    "an end behind a chunk's data",
    `${CHUNKED}5\r\nhello`,
    "after 5 bytes of it",
    CHUNKED_GIVES,
    "data hello",
  ),
  cutOff(
    "an end between two chunks",
    `${CHUNKED}5\r\nhello\r\n`,
    "after 5 bytes of it",
    CHUNKED_GIVES,
    "data hello",
  ),
  cutOff(
    "an end within the last chunk's line",
    `${CHUNKED}0\r`,
    "after 0 bytes of it",
    CHUNKED_GIVES,
  ),
  cutOff(
    "an end before the trailers",
    `${CHUNKED}0\r\n`,
    "the trailers",
    CHUNKED_GIVES,
  ),
  cutOff(
    "an end within the trailers",
    `${CHUNKED}0\r\nA: b\r\n\r`,
    "the trailers",
    CHUNKED_GIVES,
  ),
]);

responses([
  {
    name: "a body up to the end",
    clause: "RFC 9112 6.3",
    bytes: `${OK}A: b\r\n\r\nhello\r\n\r\nHTTP/1.1 200 OK\r\n`,
    end: "announced",
    gives: [
      "response HTTP/1.1 200 OK | A: b",
      "data hello\r\n\r\nHTTP/1.1 200 OK\r\n",
      "end",
    ],
    state: "closed",
  },
  {
    name: "an empty body up to the end",
    clause: "RFC 9112 6.3",
    bytes: "HTTP/1.0 200 OK\r\n\r\n",
    end: "announced",
    gives: ["response HTTP/1.0 200 OK", "end"],
    state: "closed",
  },
  {
    ...cutOff(
      "a body up to an end that nobody announced",
      `${OK}\r\nhello`,
      "TLS did not announce",
      "response HTTP/1.1 200 OK",
      "data hello",
    ),
    end: "cut",
  },
  {
    name: "a body up to the end although the connection was to be kept",
    clause: "RFC 9112 6.3",
    bytes: `${OK}Connection: keep-alive\r\n\r\na`,
    end: "announced",
    gives: [
      "response HTTP/1.1 200 OK | Connection: keep-alive",
      "data a",
      "end",
    ],
    state: "closed",
  },
  {
    ...cutOff(
      "a cut line within a body of known length",
      `${OK}Content-Length: 5\r\n\r\nhell`,
      "after 4 of the body's 5 bytes",
      "response HTTP/1.1 200 OK | Content-Length: 5",
      "data hell",
    ),
    end: "cut",
  },
  cutOff("an end instead of a response", "", "before a response"),
  cutOff("an end within the status line", "HTTP/1.1 2", "the first line"),
  cutOff("an end before the empty line", OK, "header fields"),
  cutOff(
    "an end behind an informational response",
    "HTTP/1.1 103 x\r\n\r\n",
    "before a response",
    "informational HTTP/1.1 103 x",
  ),
]);

/** A response that has no body, whatever it says. */
function bodiless(
  name: string,
  status: string,
  fields: string,
  method?: string,
): Row {
  return {
    name,
    clause: "RFC 9112 6.3",
    ...(method === undefined ? {} : { method }),
    bytes: `HTTP/1.1 ${status}\r\n${fields}\r\n\r\n`,
    gives: [
      `response HTTP/1.1 ${status} | ${fields.replaceAll("\r\n", " | ")}`,
      "end",
    ],
  };
}

responses([
  bodiless("204 with a length", "204 x", "Content-Length: 5"),
  bodiless("204 that is chunked", "204 x", "Transfer-Encoding: chunked"),
  bodiless("304 with a length", "304 x", "Content-Length: 5"),
  bodiless(
    "304 with two lengths",
    "304 x",
    "Content-Length: 5\r\nContent-Length: 6",
  ),
  bodiless("304 with a length that is none", "304 x", "Content-Length: x"),
  bodiless("304 without a length", "304 x", 'ETag: "a"'),
  bodiless("HEAD with a length", "200 x", "Content-Length: 5", "HEAD"),
  bodiless(
    "HEAD that is chunked",
    "200 x",
    "Transfer-Encoding: chunked",
    "HEAD",
  ),
  bodiless("HEAD without a length", "404 x", "A: b", "HEAD"),
  bodiless(
    "HEAD with a length and a coding",
    "200 x",
    "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "HEAD",
  ),
  {
    name: "205, which has a length like any other",
    clause: "RFC 9110 15.3.6",
    bytes: "HTTP/1.1 205 x\r\nContent-Length: 1\r\n\r\na",
    gives: ["response HTTP/1.1 205 x | Content-Length: 1", "data a", "end"],
  },
  {
    name: "the method head in lower case, which is another one",
    clause: "RFC 9110 9.1",
    method: "head",
    bytes: "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\na",
    gives: ["response HTTP/1.1 200 x | Content-Length: 1", "data a", "end"],
  },
]);
