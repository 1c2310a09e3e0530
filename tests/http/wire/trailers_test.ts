/**
 * Fields behind a chunked body.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const GIVES = "POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked";

/** Trailers that are refused at the last byte of a text. */
function wrong(name: string, clause: string, text: string, why: string): Row {
  return {
    name,
    clause,
    bytes: `${HEAD}1\r\na\r\n0\r\n${text}`,
    gives: [GIVES, "data a"],
    refused: ["malformed", 400, why],
  };
}

const DECIDES = "a trailer must not say";

requests([
  {
    name: "trailers",
    clause: "RFC 9112 7.1.2",
    bytes: `${HEAD}1\r\na\r\n0\r\nDigest:\tb \r\ndigest: \xe4\r\n\r\n`,
    gives: [GIVES, "data a", "end | Digest: b | digest: \xe4"],
  },
  {
    name: "a trailer behind no data",
    clause: "RFC 9112 7.1.2",
    bytes: `${HEAD}0\r\nA: b\r\n\r\n`,
    gives: [GIVES, "end | A: b"],
  },
  {
    name: "lone LF in trailers if asked to",
    clause: "RFC 9112 2.2",
    options: { bareLineFeed: true },
    bytes: `${HEAD}0\r\nA: b\nC: d\r\n\n`,
    gives: [GIVES, "end | A: b | C: d"],
  },
  {
    name: "a trailer that asks for an end, as one that means nothing",
    clause: "RFC 9110 6.5.1",
    bytes: `${HEAD}0\r\nConnection: close\r\n\r\n`,
    gives: [GIVES, "end | Connection: close"],
  },
  wrong(
    "a length among the trailers",
    "RFC 9110 6.5.1",
    "A: b\r\ncontent-length: 5\r\n\r\n",
    DECIDES,
  ),
  wrong(
    "a coding among the trailers",
    "RFC 9110 6.5.1",
    "Transfer-Encoding: chunked\r\n\r\n",
    DECIDES,
  ),
  wrong(
    "Host among the trailers",
    "RFC 9110 6.5.1",
    "Host: b\r\n\r\n",
    DECIDES,
  ),
  wrong(
    "a request instead of the empty line",
    "RFC 9112 5.1",
    "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
    "inside a header",
  ),
  wrong(
    "a space before a trailer's colon",
    "RFC 9112 5.1",
    "A : b\r\n\r\n",
    "before its colon",
  ),
  wrong("a folded trailer", "RFC 9112 5.2", "A: b\r\n c\r\n\r\n", "folded"),
  wrong(
    "white space instead of the empty line",
    "RFC 9112 5.2",
    " \r\n\r\n",
    "folded",
  ),
  wrong("a trailer without a colon", "RFC 9112 5", "A\r\n\r\n", "no colon"),
  wrong("NUL in a trailer", "RFC 9110 5.5", "A: \0", "byte 00 at byte 3"),
  wrong(
    "LF alone behind a trailer",
    "RFC 9112 2.2",
    "A: b\n",
    "LF without CR at byte 4",
  ),
  wrong(
    "LF alone as the empty line",
    "RFC 9112 2.2",
    "\n",
    "LF without CR at byte 0",
  ),
  wrong(
    "CR alone as the empty line",
    "RFC 9112 2.2",
    "\rG",
    "CR without LF at byte 0",
  ),
]);

responses([
  {
    name: "a folded trailer",
    clause: "RFC 9112 5.2",
    bytes:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n c\r\n\r\n",
    gives: [
      "response HTTP/1.1 200 OK | Transfer-Encoding: chunked",
      "end | A: b c",
    ],
  },
  {
    name: "a length among the trailers",
    clause: "RFC 9110 6.5.1",
    bytes:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
    gives: ["response HTTP/1.1 200 OK | Transfer-Encoding: chunked"],
    refused: ["malformed", 400, DECIDES],
  },
  {
    name: "a second response instead of the empty line",
    clause: "RFC 9110 5.1",
    bytes:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nHTTP/1.1 200 OK\r\n\r\n",
    gives: ["response HTTP/1.1 200 OK | Transfer-Encoding: chunked"],
    refused: ["malformed", 400, "a header's name"],
  },
]);
