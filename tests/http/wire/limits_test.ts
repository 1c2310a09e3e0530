/**
 * The limits: a message at each of them, and one byte above.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

const LINE = "GET / HTTP/1.1\r\n";
const HOST = "Host: a\r\n";
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
const CHUNKED_GIVES = "POST / HTTP/1.1 | Host: a | Transfer-Encoding: chunked";
const OK = "HTTP/1.1 200 OK\r\n";

const x = (count: number) => "x".repeat(count);

/** A request line of that many bytes. */
const line = (size: number) => `GET /${x(size - 14)} HTTP/1.1`;

/** A block of two fields of that many bytes, with the empty line. */
const block = (size: number) => `${HOST}A: ${x(size - 16)}\r\n\r\n`;

/** That many fields, Host among them. */
const fields = (count: number) => HOST + "A:\r\n".repeat(count - 1);

const REQUEST_LINE = ["too_large", 414, "(maxLineBytes)"] as const;
const HEADERS = ["too_large", 431, "(maxHeaderBytes)"] as const;
const FIELDS = ["too_large", 431, "(maxFields)"] as const;
const BODY = ["too_large", 413, "(maxBodyBytes)"] as const;
const EXTENSION = ["too_large", 431, "(maxExtensionBytes)"] as const;
const TRAILERS = ["too_large", 431, "(maxTrailerBytes)"] as const;

for (const maxLineBytes of [14, 20, undefined]) {
  const options = maxLineBytes === undefined ? {} : { maxLineBytes };
  const size = maxLineBytes ?? 8192;
  requests([
    {
      name: `a request line of ${size} bytes`,
      clause: "RFC 9112 3",
      options,
      bytes: `${line(size)}\r\n${HOST}\r\n`,
      gives: [`${line(size)} | Host: a`, "end"],
    },
    {
      name: `a request line of ${size + 1} bytes`,
      clause: "RFC 9110 15.5.15",
      options,
      bytes: line(size + 1),
      refused: REQUEST_LINE,
    },
    {
      name: `${size + 1} bytes without a line end`,
      clause: "RFC 9110 15.5.15",
      options,
      bytes: x(size + 1),
      refused: REQUEST_LINE,
    },
  ]);
}

for (const maxHeaderBytes of [30, undefined]) {
  const options = maxHeaderBytes === undefined ? {} : { maxHeaderBytes };
  const size = maxHeaderBytes ?? 32_768;
  requests([
    {
      name: `headers of ${size} bytes`,
      clause: "RFC 9112 5",
      options,
      bytes: LINE + block(size),
      gives: [`GET / HTTP/1.1 | Host: a | A: ${x(size - 16)}`, "end"],
    },
    {
      name: `headers of ${size + 1} bytes`,
      clause: "RFC 6585 5",
      options,
      bytes: LINE + block(size + 1),
      refused: HEADERS,
    },
    {
      name: `${size + 1} bytes of one header`,
      clause: "RFC 6585 5",
      options,
      bytes: LINE + x(size + 1),
      refused: HEADERS,
    },
  ]);
}

requests([
  {
    name: "a limit that ends between CR and LF of the empty line",
    clause: "RFC 6585 5",
    options: { maxHeaderBytes: 10 },
    bytes: `${LINE}${HOST}\r\n`,
    refused: HEADERS,
  },
  {
    name: "CR without LF at the limit as what it is",
    clause: "RFC 9112 2.2",
    options: { maxHeaderBytes: 10 },
    bytes: `${LINE}${HOST}\rx`,
    refused: ["malformed", 400, "CR without LF"],
  },
  {
    name: "a limit of the headers that lone LF reach",
    clause: "RFC 9112 2.2",
    options: { maxHeaderBytes: 9, bareLineFeed: true },
    bytes: `${LINE}Host: a\n\n`,
    gives: ["GET / HTTP/1.1 | Host: a", "end"],
  },
  {
    name: "a limit of the headers that lone LF exceed",
    clause: "RFC 6585 5",
    options: { maxHeaderBytes: 8, bareLineFeed: true },
    bytes: `${LINE}Host: a\n\n`,
    refused: HEADERS,
  },
]);

for (const maxFields of [3, undefined]) {
  const options = maxFields === undefined ? {} : { maxFields };
  const count = maxFields ?? 100;
  requests([
    {
      name: `${count} headers`,
      clause: "RFC 9112 5",
      options,
      bytes: `${LINE}${fields(count)}\r\n`,
      gives: [`GET / HTTP/1.1 | Host: a${" | A: ".repeat(count - 1)}`, "end"],
    },
    {
      name: `${count + 1} headers at the end of the last`,
      clause: "RFC 6585 5",
      options,
      bytes: `${LINE}${fields(count + 1)}`,
      refused: FIELDS,
    },
  ]);
}

const FIVE = { maxBodyBytes: 5 };

/** A body that is too large, as a server reads it. */
function tooLarge(name: string, text: string, data?: string): Row {
  return {
    name,
    clause: "RFC 9110 15.5.14",
    options: FIVE,
    bytes: CHUNKED + text,
    gives: [CHUNKED_GIVES, ...(data === undefined ? [] : [`data ${data}`])],
    refused: BODY,
  };
}

requests([
  {
    name: "a body at its limit",
    clause: "RFC 9112 6.2",
    options: FIVE,
    bytes: `${LINE}${HOST}Content-Length: 5\r\n\r\nhello`,
    gives: [
      "GET / HTTP/1.1 | Host: a | Content-Length: 5",
      "data hello",
      "end",
    ],
  },
  {
    name: "a body above its limit before a byte of it",
    clause: "RFC 9110 15.5.14",
    options: FIVE,
    bytes: `${LINE}${HOST}Content-Length: 6\r\n\r\n`,
    refused: BODY,
  },
  {
    name: "a body where none may be",
    clause: "RFC 9110 15.5.14",
    options: { maxBodyBytes: 0 },
    bytes: `${LINE}${HOST}Content-Length: 1\r\n\r\n`,
    refused: BODY,
  },
  {
    name: "a chunked body at its limit",
    clause: "RFC 9112 7.1",
    options: FIVE,
    bytes: `${CHUNKED}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`,
    gives: [CHUNKED_GIVES, "data hello", "end"],
  },
  tooLarge("a chunk above the body's limit before a byte of it", "6\r\n"),
  tooLarge("chunks that are too large together", "2\r\nhe\r\n4\r\n", "he"),
  tooLarge("the largest chunk there is", "1FFFFFFFFFFFFF\r\n"),
]);

responses([
  {
    name: "a body up to the end at its limit",
    clause: "RFC 9112 6.3",
    options: FIVE,
    bytes: `${OK}\r\nhello`,
    end: "announced",
    gives: ["response HTTP/1.1 200 OK", "data hello", "end"],
    state: "closed",
  },
  {
    name: "a body up to the end above its limit",
    clause: "RFC 9110 15.5.14",
    options: FIVE,
    bytes: `${OK}\r\nhello!`,
    gives: ["response HTTP/1.1 200 OK", "data hello"],
    refused: BODY,
  },
  {
    name: "a body above its limit before a byte of it",
    clause: "RFC 9110 15.5.14",
    options: FIVE,
    bytes: `${OK}Content-Length: 6\r\n\r\n`,
    refused: BODY,
  },
  {
    name: "a length above the limit where there is no body",
    clause: "RFC 9112 6.3",
    method: "HEAD",
    options: FIVE,
    bytes: `${OK}Content-Length: 6\r\n\r\n`,
    gives: ["response HTTP/1.1 200 OK | Content-Length: 6", "end"],
  },
  {
    name: "a status line above its limit",
    clause: "RFC 9110 15.5.15",
    options: { maxLineBytes: 20 },
    bytes: `HTTP/1.1 200 ${x(8)}`,
    refused: REQUEST_LINE,
  },
]);

for (const maxExtensionBytes of [4, undefined]) {
  const options = maxExtensionBytes === undefined ? {} : { maxExtensionBytes };
  const size = maxExtensionBytes ?? 1024;
  requests([
    {
      name: `an extension of ${size} bytes`,
      clause: "RFC 9112 7.1.1",
      options,
      bytes: `${CHUNKED}0;${x(size - 1)}\r\n\r\n`,
      gives: [CHUNKED_GIVES, "end"],
    },
    {
      name: `an extension of ${size} bytes behind sixteen digits`,
      clause: "RFC 9112 7.1.1",
      options,
      bytes: `${CHUNKED}${"0".repeat(16)};${x(size - 1)}\r\n\r\n`,
      gives: [CHUNKED_GIVES, "end"],
    },
    {
      name: `an extension of ${size + 1} bytes`,
      clause: "RFC 6585 5",
      options,
      bytes: `${CHUNKED}0;${x(size)}\r\n`,
      gives: [CHUNKED_GIVES],
      refused: EXTENSION,
    },
    {
      name: `an extension that does not end after ${size + 16} bytes`,
      clause: "RFC 6585 5",
      options,
      bytes: `${CHUNKED}0;${x(size + 15)}`,
      gives: [CHUNKED_GIVES],
      refused: EXTENSION,
    },
  ]);
}

requests([
  {
    name: "digits that do not end",
    clause: "RFC 9112 7.1",
    options: { maxExtensionBytes: 0 },
    bytes: `${CHUNKED}${"0".repeat(17)}`,
    gives: [CHUNKED_GIVES],
    refused: ["malformed", 400, "1 to 16 hexadecimal digits"],
  },
]);

for (const maxTrailerBytes of [20, undefined]) {
  const options = maxTrailerBytes === undefined ? {} : { maxTrailerBytes };
  const size = maxTrailerBytes ?? 8192;
  requests([
    {
      name: `trailers of ${size} bytes`,
      clause: "RFC 9112 7.1.2",
      options,
      bytes: `${CHUNKED}0\r\nA: ${x(size - 7)}\r\n\r\n`,
      gives: [CHUNKED_GIVES, `end | A: ${x(size - 7)}`],
    },
    {
      name: `trailers of ${size + 1} bytes`,
      clause: "RFC 6585 5",
      options,
      bytes: `${CHUNKED}0\r\nA: ${x(size - 6)}\r\n\r\n`,
      gives: [CHUNKED_GIVES],
      refused: TRAILERS,
    },
  ]);
}

requests([
  {
    name: "a trailer more than headers may be",
    clause: "RFC 6585 5",
    options: { maxFields: 2 },
    bytes: `${CHUNKED}0\r\nA:\r\nA:\r\nA:\r\n`,
    gives: [CHUNKED_GIVES],
    refused: ["too_large", 431, "number of trailers"],
  },
]);
