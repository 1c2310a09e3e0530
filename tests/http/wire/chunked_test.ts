/**
 * Chunked bodies: sizes, extensions, line ends.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

const HEAD = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
const GIVES = "POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked";
const OK = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const OK_GIVES = "response HTTP/1.1 200 OK | Transfer-Encoding: chunked";
const SIZE = "RFC 9112 7.1";
const EXTENSION = "RFC 9112 7.1.1";

/** A chunked body that is read. */
function body(name: string, clause: string, text: string, data: string): Row {
  return {
    name,
    clause,
    bytes: HEAD + text,
    gives: [GIVES, ...(data === "" ? [] : [`data ${data}`]), "end"],
  };
}

/** A chunked body that is refused at the last byte of a text. */
function wrong(
  name: string,
  clause: string,
  text: string,
  why: string,
  data?: string,
): Row {
  return {
    name,
    clause,
    bytes: HEAD + text,
    gives: [GIVES, ...(data === undefined ? [] : [`data ${data}`])],
    refused: ["malformed", 400, why],
  };
}

requests([
  body("no chunk", SIZE, "0\r\n\r\n", ""),
  body("two chunks", SIZE, "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n", "hello!"),
  body(
    "sizes in both cases",
    SIZE,
    `a\r\n${"x".repeat(10)}\r\nA\r\n${"y".repeat(10)}\r\n0\r\n\r\n`,
    `${"x".repeat(10)}${"y".repeat(10)}`,
  ),
  body(
    "a size of sixteen digits",
    SIZE,
    "0000000000000001\r\na\r\n0000000000000000\r\n\r\n",
    "a",
  ),
  body(
    "line ends within the data",
    SIZE,
    "7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n",
    "\r\n0\r\n\r\n",
  ),
  body(
    "a request within the data",
    SIZE,
    "12\r\nGET / HTTP/1.1\r\n\r\n\r\n0\r\n\r\n",
    "GET / HTTP/1.1\r\n\r\n",
  ),
  body("an extension", EXTENSION, "1;a\r\nx\r\n0;b=c\r\n\r\n", "x"),
  body(
    "a quoted extension",
    EXTENSION,
    '1;a="b;\\"c\\\\\t= d"\r\nx\r\n0\r\n\r\n',
    "x",
  ),
  body("several extensions", EXTENSION, '1;a;b=c;d=""\r\nx\r\n0\r\n\r\n', "x"),
  body(
    "white space around an extension",
    EXTENSION,
    "1 ;\ta = b\t; c\r\nx\r\n0\r\n\r\n",
    "x",
  ),
]);

responses([
  {
    name: "chunks with an extension and a trailer",
    clause: SIZE,
    bytes: `${OK}2;a="b"\r\nhi\r\n0\r\nA: b\r\n\r\n`,
    gives: [OK_GIVES, "data hi", "end | A: b"],
  },
  {
    name: "a size with a prefix",
    clause: EXTENSION,
    bytes: `${OK}0x5\r\n`,
    gives: [OK_GIVES],
    refused: ["malformed", 400, '"x5"'],
  },
  {
    name: "a size above 2^53-1",
    clause: SIZE,
    bytes: `${OK}20000000000000\r\n`,
    gives: [OK_GIVES],
    refused: ["malformed", 400, "above 2^53-1"],
  },
]);

const DIGITS = "1 to 16 hexadecimal digits";

requests([
  wrong("a size that begins with a plus sign", SIZE, "+5\r\n", DIGITS),
  wrong("a size that begins with a minus sign", SIZE, "-1\r\n", DIGITS),
  wrong("a size behind a space", SIZE, " 5\r\n", DIGITS),
  wrong("a size behind a tab", SIZE, "\t5\r\n", DIGITS),
  wrong("no size", SIZE, "\r\n", DIGITS),
  wrong("no size before an extension", SIZE, ";a\r\n", DIGITS),
  wrong("a size that is no number", SIZE, "g\r\n", DIGITS),
  wrong("a size of seventeen digits", SIZE, "00000000000000005\r\n", DIGITS),
  wrong("a size that is 5 in 64 bits", SIZE, "10000000000000005\r\n", DIGITS),
  wrong(
    "a size that is -1 in 64 bits",
    SIZE,
    "FFFFFFFFFFFFFFFF\r\n",
    "above 2^53-1",
  ),
  wrong("a size one above 2^53-1", SIZE, "20000000000000\r\n", "above 2^53-1"),
  wrong("a size with a prefix", EXTENSION, "0x5\r\n", "not an extension"),
  wrong("a size with an underscore", EXTENSION, "1_0\r\n", "not an extension"),
  wrong("a size with a space in it", EXTENSION, "1 0\r\n", "not an extension"),
  wrong("a size with a comma", EXTENSION, "1,000\r\n", "not an extension"),
  wrong("a size with a fraction", EXTENSION, "5.0\r\n", "not an extension"),
  wrong("a size with an h", EXTENSION, "5h\r\n", "not an extension"),
  wrong("a space behind a size", EXTENSION, "5 \r\n", "not an extension"),
  wrong("a size with a letter above 7F", SIZE, "5\xb2", "byte b2"),
  wrong("NUL behind a size", SIZE, "5\0", "byte 00"),
  wrong("a vertical tab behind a size", SIZE, "5\v", "byte 0b"),
  wrong("LF alone behind a size", SIZE, "5\n", "byte 0a"),
  wrong("CR alone behind a size", SIZE, "5\rh", "CR without LF"),
  wrong("two CR behind a size", SIZE, "5\r\r", "CR without LF"),
]);

requests([
  wrong(
    "data that is longer than its size",
    SIZE,
    "5\r\nhello!",
    '"!" (21), not by CR LF',
    "hello",
  ),
  wrong(
    "LF alone behind the data",
    SIZE,
    "5\r\nhello\n",
    "byte 0a, not by CR LF",
    "hello",
  ),
  wrong(
    "CR alone behind the data",
    SIZE,
    "5\r\nhello\r0",
    '"0" (30), not by the LF',
    "hello",
  ),
  wrong(
    "two CR behind the data",
    SIZE,
    "5\r\nhello\r\r",
    "byte 0d, not by the LF",
    "hello",
  ),
  wrong(
    "a space behind the data",
    SIZE,
    "5\r\nhello ",
    "byte 20, not by CR LF",
    "hello",
  ),
  wrong(
    "data that is shorter than its size",
    SIZE,
    "5\r\nhi\r\n0\r\n\r\n",
    DIGITS,
    "hi\r\n0",
  ),
  wrong(
    "an empty line between two chunks",
    SIZE,
    "1\r\na\r\n\r\n",
    DIGITS,
    "a",
  ),
  {
    ...wrong(
      "LF alone behind a size where heads may have it",
      SIZE,
      "5\n",
      "byte 0a",
    ),
    options: { bareLineFeed: true },
  },
  {
    ...wrong(
      "LF alone behind the data where heads may have it",
      SIZE,
      "1\r\na\n",
      "byte 0a",
      "a",
    ),
    options: { bareLineFeed: true },
  },
]);

requests([
  wrong("an extension without a name", EXTENSION, "5;\r\n", '";" behind'),
  wrong(
    "an extension of one equals sign",
    EXTENSION,
    "5;=b\r\n",
    '";=b" behind',
  ),
  wrong(
    "an extension without its value",
    EXTENSION,
    "5;a=\r\n",
    '";a=" behind',
  ),
  wrong("an open quotation mark", EXTENSION, '5;a="b\r\n', "not an extension"),
  wrong(
    "letters behind a quoted value",
    EXTENSION,
    '5;a="b"c\r\n',
    "not an extension",
  ),
  wrong(
    "an escaped quotation mark at the end",
    EXTENSION,
    '5;a="b\\"\r\n',
    "not an extension",
  ),
  wrong(
    "two words in an extension",
    EXTENSION,
    "5;a b\r\n",
    "not an extension",
  ),
  wrong(
    "a bracket in an extension",
    EXTENSION,
    "5;a=(\r\n",
    "not an extension",
  ),
  wrong(
    "an extension without a semicolon",
    EXTENSION,
    "5 a=b\r\n",
    "not an extension",
  ),
  wrong(
    "white space behind the extensions",
    EXTENSION,
    "5;a \r\n",
    "not an extension",
  ),
  wrong("LF alone in an extension (TERM.EXT)", SIZE, "2;\n", "byte 0a"),
  wrong("CR alone in an extension", SIZE, "2;a\rx", "CR without LF"),
  wrong("LF in a quoted extension", SIZE, '2;a="\n', "byte 0a"),
  wrong("NUL in an extension", SIZE, "2;a\0", "byte 00"),
  wrong("DEL in an extension", SIZE, "2;a\x7f", "byte 7f"),
  wrong("a letter above 7F in an extension", SIZE, '2;a="\xe4', "byte e4"),
  wrong(
    "an extension of the last chunk that is none",
    EXTENSION,
    "0;;\r\n",
    '";;" behind',
  ),
]);
