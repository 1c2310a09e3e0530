/**
 * Bodies by Content-Length, and lengths that two readers would read differently.
 *
 * @module
 */

import type { ProtocolErrorCode } from "@parley/parley/framing";
import { requests, responses, type Row } from "./table.ts";

const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const GIVES = "POST / HTTP/1.1 | Host: a";
const OK = "HTTP/1.1 200 OK\r\n";

/** A length that is refused at the end of the head, by servers and clients. */
function wrong(
  name: string,
  clause: string,
  fields: string,
  why: string,
  code: ProtocolErrorCode = "malformed",
): [request: Row, response: Row] {
  const refused = [code, 400, why] as const;
  return [
    { name, clause, bytes: `${POST}${fields}\r\n\r\n`, refused },
    { name, clause, bytes: `${OK}${fields}\r\n\r\n`, refused },
  ];
}

/** A value of Content-Length that is no number. */
function noNumber(name: string, value: string): [request: Row, response: Row] {
  return wrong(name, "RFC 9110 8.6", `Content-Length:${value}`, "not a number");
}

requests([
  {
    name: "a body",
    clause: "RFC 9112 6.2",
    bytes: `${POST}Content-Length: 5\r\n\r\nhello`,
    gives: [`${GIVES} | Content-Length: 5`, "data hello", "end"],
  },
  {
    name: "a body of GET",
    clause: "RFC 9110 9.3.1",
    bytes: "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    gives: [
      "GET / HTTP/1.1 | Host: a | Content-Length: 5",
      "data hello",
      "end",
    ],
  },
  {
    name: "a body of HEAD",
    clause: "RFC 9112 6.3",
    bytes: "HEAD / HTTP/1.1\r\nHost: a\r\ncontent-length: 1\r\n\r\na",
    gives: ["HEAD / HTTP/1.1 | Host: a | content-length: 1", "data a", "end"],
  },
  {
    name: "a body that looks like a request",
    clause: "RFC 9112 6.2",
    bytes: `${POST}Content-Length: 18\r\n\r\nGET / HTTP/1.1\r\n\r\n`,
    gives: [
      `${GIVES} | Content-Length: 18`,
      "data GET / HTTP/1.1\r\n\r\n",
      "end",
    ],
  },
  {
    name: "leading zeros",
    clause: "RFC 9110 8.6",
    bytes: `${POST}Content-Length: 00000000000000000000000005\r\n\r\nhello`,
    gives: [
      `${GIVES} | Content-Length: 00000000000000000000000005`,
      "data hello",
      "end",
    ],
  },
  {
    name: "white space around a length",
    clause: "RFC 9112 5",
    bytes: `${POST}Content-Length:\t 1 \t\r\n\r\na`,
    gives: [`${GIVES} | Content-Length: 1`, "data a", "end"],
  },
  {
    name: "no length as no body",
    clause: "RFC 9112 6.3",
    bytes: `${POST}\r\n`,
    gives: [GIVES, "end"],
  },
  {
    name: "a length of another name as no body",
    clause: "RFC 9110 5.1",
    bytes: `${POST}Content_Length: 5\r\n\r\n`,
    gives: [`${GIVES} | Content_Length: 5`, "end"],
  },
  {
    name: "the largest length there is, of which a byte is missing",
    clause: "RFC 9112 8",
    bytes: `${POST}Content-Length: 9007199254740991\r\n\r\na`,
    end: "announced",
    gives: [`${GIVES} | Content-Length: 9007199254740991`, "data a"],
    refused: ["truncated", 400, "after 1 of the body's 9007199254740991"],
  },
]);

responses([
  {
    name: "a body",
    clause: "RFC 9112 6.2",
    bytes: `${OK}Content-Length: 5\r\n\r\nhello`,
    gives: [
      "response HTTP/1.1 200 OK | Content-Length: 5",
      "data hello",
      "end",
    ],
  },
  {
    name: "a body that looks like a response",
    clause: "RFC 9112 6.2",
    bytes: `${OK}Content-Length: 19\r\n\r\nHTTP/1.1 200 OK\r\n\r\n`,
    gives: [
      "response HTTP/1.1 200 OK | Content-Length: 19",
      "data HTTP/1.1 200 OK\r\n\r\n",
      "end",
    ],
  },
]);

const REFUSED = [
  noNumber("a length with a plus sign", " +5"),
  noNumber("a negative length", " -5"),
  noNumber("a length of zero with a minus sign", " -0"),
  noNumber("a hexadecimal length", " 0x5"),
  noNumber("a length with a hexadecimal digit", " a"),
  noNumber("a length with an underscore", " 1_0"),
  noNumber("a length with a space in it", " 1 0"),
  noNumber("a length with a tab in it", " 1\t0"),
  noNumber("a length with a fraction", " 5.0"),
  noNumber("a length with an exponent", " 5e1"),
  noNumber("a length with a semicolon", " 5;"),
  noNumber("a length in quotation marks", ' "5"'),
  noNumber("a length of a superscript digit", " \xb2"),
  noNumber("a length behind a no-break space", " \xa05"),
  noNumber("an empty length", ""),
  noNumber("an endless length", " Infinity"),
  noNumber("a list of equal lengths", " 5, 5"),
  noNumber("a list of different lengths", " 5,6"),
  noNumber("a list with an empty member", " 5,"),
  wrong(
    "two equal lengths",
    "RFC 9112 6.3",
    "Content-Length: 5\r\nContent-Length: 5",
    "more than one Content-Length",
  ),
  wrong(
    "two different lengths",
    "RFC 9112 6.3",
    "Content-Length: 5\r\nA: b\r\ncontent-length: 6",
    "more than one Content-Length",
  ),
  wrong(
    "a length and an empty one",
    "RFC 9112 6.3",
    "Content-Length:\r\nContent-Length: 6",
    "more than one Content-Length",
  ),
  wrong(
    "a length above 2^53-1",
    "RFC 9110 8.6",
    "Content-Length: 9007199254740992",
    "above 2^53-1",
  ),
  wrong(
    "a length that is 5 in 64 bits",
    "RFC 9110 8.6",
    "Content-Length: 18446744073709551621",
    "above 2^53-1",
  ),
  wrong(
    "a length that is no finite number",
    "RFC 9110 8.6",
    `Content-Length: ${"9".repeat(400)}`,
    "above 2^53-1",
  ),
];

requests(REFUSED.map(([request]) => request));
responses(REFUSED.map(([, response]) => response));
