/**
 * Status lines: the version, the status, the phrase.
 *
 * @module
 */

import { responses, type Row } from "./table.ts";

const EMPTY = "Content-Length: 0\r\n\r\n";

/** A status line that is read. */
function line(name: string, clause: string, text: string, gives: string): Row {
  return {
    name,
    clause,
    bytes: `${text}\r\n${EMPTY}`,
    gives: [`response HTTP/1.1 ${gives} | Content-Length: 0`, "end"],
  };
}

/** A status line that is refused at its LF. */
function wrong(name: string, text: string, why = "a status from 100"): Row {
  return {
    name,
    clause: "RFC 9112 4",
    bytes: `${text}\r\n`,
    refused: ["malformed", 400, why],
  };
}

responses([
  line("a plain response", "RFC 9112 4", "HTTP/1.1 200 OK", "200 OK"),
  line("no phrase", "RFC 9112 4", "HTTP/1.1 200 ", "200 "),
  line(
    "no phrase and no space, as some servers write",
    "RFC 9112 4",
    "HTTP/1.1 200",
    "200 ",
  ),
  line(
    "a phrase as ISO 8859-1",
    "RFC 9112 4",
    "HTTP/1.1 404 \x80 nicht\tgefunden \xfc",
    "404 \x80 nicht\tgefunden \xfc",
  ),
  line("a status of no registry", "RFC 9110 15", "HTTP/1.1 599 x", "599 x"),
  line(
    "a phrase that begins with a space",
    "RFC 9112 4",
    "HTTP/1.1 200  OK",
    "200  OK",
  ),
  line(
    "a later minor version as 1.1",
    "RFC 9110 2.5",
    "HTTP/1.3 200 OK",
    "200 OK",
  ),
  {
    name: "HTTP/1.0 as the last response",
    clause: "RFC 9112 9.3",
    bytes: `HTTP/1.0 200 OK\r\n${EMPTY}`,
    gives: ["response HTTP/1.0 200 OK | Content-Length: 0", "end"],
    state: "closed",
  },
  {
    name: "lone LF as line ends if asked to",
    clause: "RFC 9112 2.2",
    options: { bareLineFeed: true },
    bytes: "HTTP/1.1 200 OK\nContent-Length: 1\n\na",
    gives: ["response HTTP/1.1 200 OK | Content-Length: 1", "data a", "end"],
  },
]);

for (const status of [600, 777, 999]) {
  responses([
    {
      name: `a status of ${status}, which counts as 5xx`,
      clause: "RFC 9110 15",
      bytes: `HTTP/1.1 ${status} No\r\n${EMPTY}`,
      gives: [`response HTTP/1.1 ${status} No | Content-Length: 0`, "end"],
    },
  ]);
}

responses([
  {
    name: "a body behind a status that counts as 5xx",
    clause: "RFC 9110 15",
    bytes: "HTTP/1.1 999 \r\nContent-Length: 1\r\n\r\na",
    gives: ["response HTTP/1.1 999  | Content-Length: 1", "data a", "end"],
  },
  {
    name: "a line of another protocol that ends with LF alone",
    clause: "RFC 9112 4",
    bytes: "220 ready\n",
    refused: ["malformed", 400, "a response must begin with a version"],
  },
  {
    name: "a request that an echo service sent back",
    clause: "RFC 9112 4",
    bytes: "GET / HTTP/1.1\n",
    refused: ["malformed", 400, "a request that came back"],
  },
  {
    name:
      "a status line that ends with LF alone, with the option that allows it",
    clause: "RFC 9112 2.2",
    bytes: "HTTP/1.1 200 OK\n",
    option: "bareLineFeed",
    refused: ["malformed", 400, "LF without CR"],
  },
  wrong("a status of two digits", "HTTP/1.1 20 OK"),
  wrong("a status of four digits", "HTTP/1.1 2000 OK"),
  wrong("a status below 100", "HTTP/1.1 099 OK"),
  wrong("a status above 999", "HTTP/1.1 1000 OK"),
  wrong("a status with a sign", "HTTP/1.1 +20 OK"),
  wrong("a status with a letter", "HTTP/1.1 2O0 OK"),
  wrong("two spaces before the status", "HTTP/1.1  200 OK"),
  wrong("a tab before the status", "HTTP/1.1\t200 OK"),
  wrong("a tab behind the status", "HTTP/1.1 200\tOK"),
  wrong("a version in lower case", "http/1.1 200 OK"),
  wrong("a version without its minor number", "HTTP/1 200 OK"),
  wrong("white space before it", " HTTP/1.1 200 OK"),
  {
    name: "an empty line before it",
    clause: "RFC 9112 2.2",
    bytes: "\r\n",
    refused: ["malformed", 400, "empty line"],
  },
  wrong("HTTP/0.9, which has no status line", "<html>hello"),
  wrong("a request", "GET / HTTP/1.1"),
  wrong("a SHOUTcast server", "ICY 200 OK", "SHOUTcast"),
  wrong("an SSH server", "SSH-2.0-OpenSSH_9.2", "an SSH server"),
  {
    name: "HTTP/2.0",
    clause: "RFC 9110 15.6.6",
    bytes: "HTTP/2.0 200 OK\r\n",
    refused: ["malformed", 505, "HTTP/2.0 is not supported"],
  },
  {
    name: "NUL in the phrase at once",
    clause: "RFC 9110 5.5",
    bytes: "HTTP/1.1 200 O\0",
    refused: ["malformed", 400, "byte 00 at byte 14"],
  },
  {
    name: "CR without LF in the phrase",
    clause: "RFC 9112 2.2",
    bytes: "HTTP/1.1 200 OK\rS",
    refused: ["malformed", 400, "CR without LF"],
  },
  {
    name: "LF alone in the phrase",
    clause: "RFC 9112 2.2",
    bytes: "HTTP/1.1 200 OK\n",
    refused: ["malformed", 400, "LF without CR"],
  },
  {
    name: "a TLS alert at its first byte",
    clause: "RFC 9110 5.5",
    bytes: "\x15",
    refused: ["malformed", 400, "TLS answering plain text"],
  },
]);
