/**
 * Header fields: names, values, white space, and what is no field.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

const LINE = "GET / HTTP/1.1\r\nHost: a\r\n";
const GIVES = "GET / HTTP/1.1 | Host: a";

/** A field that is read. */
function field(name: string, clause: string, text: string, gives: string): Row {
  return {
    name,
    clause,
    bytes: `${LINE}${text}\r\n\r\n`,
    gives: [`${GIVES} | ${gives}`, "end"],
  };
}

/** A field that is refused at the end of the head. */
function wrong(name: string, clause: string, text: string, why: string): Row {
  return {
    name,
    clause,
    bytes: `${LINE}${text}\r\n\r\n`,
    refused: ["malformed", 400, why],
  };
}

/** A field that is refused at the last byte of a text. */
function atOnce(name: string, clause: string, text: string, why: string): Row {
  return {
    name,
    clause,
    bytes: LINE + text,
    refused: ["malformed", 400, why],
  };
}

requests([
  field("no space behind the colon", "RFC 9112 5", "A:b", "A: b"),
  field("spaces and tabs around a value", "RFC 9112 5", "A: \t b\t ", "A: b"),
  field("white space within a value", "RFC 9110 5.5", "A: b \t c", "A: b \t c"),
  field("an empty value", "RFC 9110 5.5", "A:", "A: "),
  field("a value of white space", "RFC 9110 5.5", "A: \t ", "A: "),
  field("colons in a value", "RFC 9110 5.5", "A: b:c: d", "A: b:c: d"),
  field(
    "a value as ISO 8859-1",
    "RFC 9110 5.5",
    "A: \x80\x85\x9f\xa0\xff",
    "A: \x80\x85\x9f\xa0\xff",
  ),
  field(
    "a name of everything a token may hold",
    "RFC 9110 5.1",
    "!#$%&'*+-.^_`|~09azAZ: b",
    "!#$%&'*+-.^_`|~09azAZ: b",
  ),
  field(
    "a field that comes twice in its order",
    "RFC 9110 5.3",
    "B: 1\r\na: 2\r\nb: 3",
    "B: 1 | a: 2 | b: 3",
  ),
  field(
    "names that JavaScript's objects have already",
    "RFC 9110 5.1",
    "__proto__: 1\r\nconstructor: 2",
    "__proto__: 1 | constructor: 2",
  ),
  {
    name: "lone LF and CR LF by turns if asked to",
    clause: "RFC 9112 2.2",
    options: { bareLineFeed: true },
    bytes: "GET / HTTP/1.1\nHost: a\r\nA: b\n\r\n",
    gives: [`${GIVES} | A: b`, "end"],
  },
]);

requests([
  wrong(
    "a space before the colon",
    "RFC 9112 5.1",
    "A : b",
    "before its colon",
  ),
  wrong("a tab before the colon", "RFC 9112 5.1", "A\t: b", "before its colon"),
  wrong("a space within the name", "RFC 9112 5.1", "A B: c", "inside a header"),
  wrong("a line without a colon", "RFC 9112 5", "A", "no colon"),
  wrong("a line without a name", "RFC 9112 5", ": b", "no name"),
  wrong("a line of one colon", "RFC 9112 5", ":", "no name"),
  wrong("a bracket in a name", "RFC 9110 5.1", "A(b): c", '"(" in it'),
  wrong("a quoted name", "RFC 9110 5.1", '"A": b', '"\\"" in it'),
  wrong("a slash in a name", "RFC 9110 5.1", "A/b: c", '"/" in it'),
  wrong(
    "a letter above 7F in a name",
    "RFC 9110 5.1",
    "\xc4: b",
    '"\xc4" in it',
  ),
  wrong("a folded line", "RFC 9112 5.2", "A: b\r\n c", "folded"),
  wrong("a line folded with a tab", "RFC 9112 5.2", "A: b\r\n\tc", "folded"),
  wrong(
    "a line of white space, which looks like the last one",
    "RFC 9112 5.2",
    "A: b\r\n ",
    "folded",
  ),
  {
    name: "a folded line if lone LF may end lines",
    clause: "RFC 9112 5.2",
    options: { bareLineFeed: true },
    bytes: "GET / HTTP/1.1\nHost: a\nA: b\n c\n\n",
    refused: ["malformed", 400, "folded"],
  },
  {
    name: "white space behind the request line",
    clause: "RFC 9112 5.2",
    bytes: "GET / HTTP/1.1\r\n Host: a\r\n\r\n",
    refused: ["malformed", 400, "folded"],
  },
  atOnce("NUL in a value", "RFC 9110 5.5", "A: b\0", "byte 00 at byte 29"),
  atOnce("NUL in a name", "RFC 9110 5.5", "A\0", "byte 00"),
  atOnce("a backspace in a value", "RFC 9110 5.5", "A: b\b", "byte 08"),
  atOnce("a vertical tab in a value", "RFC 9110 5.5", "A: b\v", "byte 0b"),
  atOnce("an escape in a value", "RFC 9110 5.5", "A: b\x1b", "byte 1b"),
  atOnce("DEL in a value", "RFC 9110 5.5", "A: b\x7f", "byte 7f"),
  atOnce(
    "CR without LF that hides a field",
    "RFC 9112 2.2",
    "A: b\rT",
    "CR without LF",
  ),
  atOnce("two CR at a line's end", "RFC 9112 2.2", "A: b\r\r", "CR without LF"),
  atOnce(
    "CR instead of the empty line",
    "RFC 9112 2.2",
    "\rG",
    "CR without LF",
  ),
  atOnce(
    "LF without CR that hides a field",
    "RFC 9112 2.2",
    "A: b\n",
    "LF without CR",
  ),
  atOnce("LF instead of the empty line", "RFC 9112 2.2", "\n", "LF without CR"),
  {
    ...atOnce(
      "CR without LF if LF without CR is read",
      "RFC 9112 2.2",
      "A: b\rc",
      "CR without LF",
    ),
    options: { bareLineFeed: true },
  },
  atOnce(
    "the NUL behind a line without a colon, which is here first",
    "RFC 9110 5.5",
    "A\r\nB: \0",
    "byte 00",
  ),
]);

/** A response without a body whose fields are unfolded. */
function folded(name: string, fields: string, gives: string): Row {
  return {
    name,
    clause: "RFC 9112 5.2",
    bytes: `HTTP/1.1 204 No Content\r\n${fields}\r\n\r\n`,
    gives: [`response HTTP/1.1 204 No Content | ${gives}`, "end"],
  };
}

responses([
  folded("a folded line", "A: b\r\n c", "A: b c"),
  folded("a line folded twice", "A: b\r\n\t c \r\n  d", "A: b c d"),
  folded("a value that begins on the next line", "A:\r\n b", "A: b"),
  folded(
    "a line of white space that folds",
    "A: b\r\n \r\nC: d",
    "A: b | C: d",
  ),
  folded("a colon in a folded line", "A: b\r\n C: d", "A: b C: d"),
  {
    name: "a length in a folded line",
    clause: "RFC 9112 5.2",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length:\r\n 2\r\n\r\nhi",
    gives: ["response HTTP/1.1 200 OK | Content-Length: 2", "data hi", "end"],
  },
  {
    name: "a folded line behind an informational response",
    clause: "RFC 9112 5.2",
    bytes: "HTTP/1.1 103 x\r\nA: b\r\n c\r\n\r\nHTTP/1.1 204 x\r\n\r\n",
    gives: [
      "informational HTTP/1.1 103 x | A: b c",
      "response HTTP/1.1 204 x",
      "end",
    ],
  },
  {
    name: "a folded line if lone LF may end lines",
    clause: "RFC 9112 5.2",
    options: { bareLineFeed: true },
    bytes: "HTTP/1.1 204 x\nA: b\n c\n\n",
    gives: ["response HTTP/1.1 204 x | A: b c", "end"],
  },
  {
    name: "a length that a folded line changes",
    clause: "RFC 9110 8.6",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n 3\r\n\r\n",
    refused: ["malformed", 400, '"2 3", not a number'],
  },
  {
    name: "white space behind the status line",
    clause: "RFC 9112 5.2",
    bytes: "HTTP/1.1 200 OK\r\n A: b\r\n\r\n",
    refused: ["malformed", 400, "begins with white space"],
  },
  {
    name: "two cookies as two fields",
    clause: "RFC 9110 5.3",
    bytes:
      "HTTP/1.1 204 No Content\r\nSet-Cookie: a=1, b\r\nset-cookie: c=2\r\n\r\n",
    gives: [
      "response HTTP/1.1 204 No Content | Set-Cookie: a=1, b | set-cookie: c=2",
      "end",
    ],
  },
  {
    name: "a space before the colon",
    clause: "RFC 9112 5.1",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n",
    refused: ["malformed", 400, "before its colon"],
  },
  {
    name: "a field that a lone CR splits off",
    clause: "RFC 9112 2.2",
    bytes: "HTTP/1.1 200 OK\r\nLocation: /\rS",
    refused: ["malformed", 400, "CR without LF"],
  },
]);
