/**
 * What a lenient client accepts, and that nothing else becomes accepted.
 *
 * @module
 */

import { HttpConnection } from "@parley/parley/http";
import { assertThrows } from "@std/assert";
import { requests, responses, type Row } from "./table.ts";

const OK = "HTTP/1.1 200 OK\r\n";
const TE = "Transfer-Encoding:";
const CHUNKED = `${OK}${TE} chunked\r\n\r\n`;
const CHUNKED_GIVES = `response HTTP/1.1 200 OK | ${TE} chunked`;
const BLANKS = "chunk_size_blanks";
const LENGTHS = "repeated_content_length";
const IDENTITY = "identity_coding";
const CONTROL = "control_byte";

/** The rows as a lenient client reads them. */
function lenient(rows: readonly Row[]): void {
  responses(rows.map((row) => ({
    ...row,
    name: `${row.name}, leniently`,
    options: { ...row.options, lenient: true },
  })));
}

lenient([
  {
    name: "blanks behind a chunk's size",
    clause: "RFC 9112 7.1",
    bytes: `${CHUNKED}2 \r\nhi\r\n1\t \r\n!\r\n0  \r\n\r\n`,
    gives: [CHUNKED_GIVES, "data hi!", "end"],
    forgives: [BLANKS],
  },
  {
    name: "two lengths that are the same",
    clause: "RFC 9112 6.3",
    bytes: `${OK}Content-Length: 2\r\ncontent-length: 2\r\n\r\nhi`,
    gives: [
      "response HTTP/1.1 200 OK | Content-Length: 2 | content-length: 2",
      "data hi",
      "end",
    ],
    forgives: [LENGTHS],
  },
  {
    name: "a list of lengths that are the same",
    clause: "RFC 9112 6.3",
    bytes: `${OK}Content-Length: 2, 2 ,2\r\n\r\nhi`,
    gives: [
      "response HTTP/1.1 200 OK | Content-Length: 2, 2 ,2",
      "data hi",
      "end",
    ],
    forgives: [LENGTHS],
  },
  {
    name: "identity and a length",
    clause: "RFC 9112 6.3",
    bytes: `${OK}${TE} identity\r\nContent-Length: 2\r\n\r\nhi`,
    gives: [
      `response HTTP/1.1 200 OK | ${TE} identity | Content-Length: 2`,
      "data hi",
      "end",
    ],
    forgives: [IDENTITY],
  },
  {
    name: "identity of HTTP/1.0, whose body the end delimits",
    clause: "RFC 9112 6.3",
    bytes: `HTTP/1.0 200 OK\r\n${TE} Identity\r\n\r\nhi`,
    gives: [`response HTTP/1.0 200 OK | ${TE} Identity`, "data hi", "end"],
    end: "announced",
    state: "closed",
    forgives: [IDENTITY],
  },
  {
    name: "identity before chunked",
    clause: "RFC 9112 6.1",
    bytes: `${OK}${TE} identity, chunked\r\n\r\n0\r\n\r\n`,
    gives: [`response HTTP/1.1 200 OK | ${TE} identity, chunked`, "end"],
    forgives: [IDENTITY],
  },
  {
    name: "control bytes in values",
    clause: "RFC 9110 5.5",
    bytes: `HTTP/1.1 204 x\r\nA: b\x01c\x7f\r\nB: \x1b[0m\r\n\r\n`,
    gives: ["response HTTP/1.1 204 x | A: b\x01c\x7f | B: \x1b[0m", "end"],
    forgives: [CONTROL],
  },
  {
    name: "a control byte in a trailer",
    clause: "RFC 9110 5.5",
    bytes: `${CHUNKED}0\r\nA: \b\r\n\r\n`,
    gives: [CHUNKED_GIVES, "end | A: \b"],
    forgives: [CONTROL],
  },
  {
    name: "several faults, each named once",
    clause: "RFC 9112 7.1",
    bytes:
      `${OK}A: \x01\r\n${TE} identity, chunked\r\n\r\n1 \r\nx\r\n0 \r\n\r\n`,
    gives: [
      `response HTTP/1.1 200 OK | A: \x01 | ${TE} identity, chunked`,
      "data x",
      "end",
    ],
    forgives: [CONTROL, IDENTITY, BLANKS],
  },
  {
    name: "nothing wrong, and forgives nothing",
    clause: "RFC 9112 6.3",
    bytes: `${OK}Content-Length: 2\r\n\r\nhi`,
    gives: ["response HTTP/1.1 200 OK | Content-Length: 2", "data hi", "end"],
  },
]);

lenient([
  {
    name: "lengths that differ",
    clause: "RFC 9112 6.3",
    bytes: `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\n`,
    refused: ["malformed", 400, "more than one Content-Length"],
  },
  {
    name: "a list of lengths that differ",
    clause: "RFC 9110 8.6",
    bytes: `${OK}Content-Length: 2, 02\r\n\r\n`,
    refused: ["malformed", 400, "not a number"],
  },
  {
    name: "a length and an empty one",
    clause: "RFC 9110 8.6",
    bytes: `${OK}Content-Length: 2,\r\n\r\n`,
    refused: ["malformed", 400, "not a number"],
  },
  {
    name: "a length twice beside chunked",
    clause: "RFC 9112 6.3",
    bytes:
      `${OK}${TE} chunked\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\n`,
    refused: ["malformed", 400, "both"],
  },
  {
    name: "chunked before identity and a coding",
    clause: "RFC 9112 6.3",
    bytes: `${OK}${TE} chunked, identity, gzip\r\n\r\n`,
    refused: ["malformed", 400, "not the last"],
  },
  {
    name: "NUL in a value",
    clause: "RFC 9110 5.5",
    bytes: `${OK}A: b\0`,
    refused: ["malformed", 400, "byte 00"],
  },
  {
    name: "CR without LF in a value",
    clause: "RFC 9112 2.2",
    bytes: `${OK}A: b\rc`,
    refused: ["malformed", 400, "CR without LF"],
  },
  {
    name: "a control byte in a name",
    clause: "RFC 9110 5.1",
    bytes: `${OK}A\x01: b\r\n\r\n`,
    refused: ["malformed", 400, "a header's name"],
  },
  {
    name: "a control byte in the status line",
    clause: "RFC 9110 5.5",
    bytes: "HTTP/1.1 200 O\x01",
    refused: ["malformed", 400, "byte 01"],
  },
  {
    name: "blanks before a chunk's size",
    clause: "RFC 9112 7.1",
    bytes: `${CHUNKED} 2\r\n`,
    gives: [CHUNKED_GIVES],
    refused: ["malformed", 400, "1 to 16 hexadecimal digits"],
  },
  {
    name: "a size with a space in it",
    clause: "RFC 9112 7.1.1",
    bytes: `${CHUNKED}1 0\r\n`,
    gives: [CHUNKED_GIVES],
    refused: ["malformed", 400, "not an extension"],
  },
]);

// What a client accepts on request only is refused without it.
responses([
  {
    name: "blanks behind a chunk's size",
    clause: "RFC 9112 7.1.1",
    bytes: `${CHUNKED}2 \r\n`,
    gives: [CHUNKED_GIVES],
    refused: ["malformed", 400, "not an extension"],
  },
  {
    name: "two lengths that are the same",
    clause: "RFC 9112 6.3",
    bytes: `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\n`,
    refused: ["malformed", 400, "more than one Content-Length"],
  },
  {
    name: "a control byte in a value",
    clause: "RFC 9110 5.5",
    bytes: `${OK}A: \x01`,
    refused: ["malformed", 400, "byte 01"],
  },
]);

requests([
  {
    name: "a list of lengths that are the same",
    clause: "RFC 9110 8.6",
    bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\n",
    refused: ["malformed", 400, "not a number"],
  },
]);

Deno.test("HttpConnection refuses to be a lenient server", () => {
  assertThrows(
    () => new HttpConnection("server", { lenient: true }),
    TypeError,
    "requests are always read strictly",
  );
});
