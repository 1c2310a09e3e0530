/**
 * What Transfer-Encoding may say, alone and beside Content-Length.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

const POST = "POST / HTTP/1.1\r\nHost: a\r\n";
const GIVES = "POST / HTTP/1.1 | Host: a";
const OK = "HTTP/1.1 200 OK\r\n";
const LAST = "0\r\n\r\n";

/** Fields that mean chunked. */
function chunked(name: string, fields: string, gives: string): Row {
  return {
    name,
    clause: "RFC 9112 7",
    bytes: `${POST}${fields}\r\n\r\n${LAST}`,
    gives: [`${GIVES} | ${gives}`, "end"],
  };
}

/** Fields that are refused at the end of the head, by servers and clients. */
function wrong(
  name: string,
  clause: string,
  fields: string,
  why: string,
  status = 400,
): [request: Row, response: Row] {
  const refused = ["malformed", status, why] as const;
  return [
    { name, clause, bytes: `${POST}${fields}\r\n\r\n`, refused },
    { name, clause, bytes: `${OK}${fields}\r\n\r\n`, refused },
  ];
}

const TE = "Transfer-Encoding:";

requests([
  chunked("chunked", `${TE} chunked`, `${TE} chunked`),
  chunked("chunked in capitals", `${TE} CHUNKED`, `${TE} CHUNKED`),
  chunked(
    "chunked under a name in other capitals",
    "tRANSFER-eNCODING: cHUNKED",
    "tRANSFER-eNCODING: cHUNKED",
  ),
  chunked("white space around chunked", `${TE}\t chunked \t`, `${TE} chunked`),
  {
    name: "a coding under another name as no body",
    clause: "RFC 9110 5.1",
    bytes: `${POST}Transfer_Encoding: chunked\r\n\r\n`,
    gives: [`${GIVES} | Transfer_Encoding: chunked`, "end"],
  },
  {
    name: "HTTP/1.0 with a coding",
    clause: "RFC 9112 6.1",
    bytes: `POST / HTTP/1.0\r\n${TE} chunked\r\n\r\n`,
    refused: ["malformed", 400, "HTTP/1.0 has a Transfer-Encoding"],
  },
  {
    name: "HTTP/1.0 with a length and a coding",
    clause: "RFC 9112 6.1",
    bytes: `POST / HTTP/1.0\r\nContent-Length: 5\r\n${TE} chunked\r\n\r\n`,
    refused: ["malformed", 400, "HTTP/1.0 has a Transfer-Encoding"],
  },
]);

responses([
  {
    name: "chunked",
    clause: "RFC 9112 7",
    bytes: `${OK}${TE} chunked\r\n\r\n${LAST}`,
    gives: [`response HTTP/1.1 200 OK | ${TE} chunked`, "end"],
  },
  {
    name: "HTTP/1.0 with a coding",
    clause: "RFC 9112 6.1",
    bytes: `HTTP/1.0 200 OK\r\n${TE} chunked\r\n\r\n`,
    refused: ["malformed", 400, "HTTP/1.0 has a Transfer-Encoding"],
  },
]);

const REFUSED = [
  wrong(
    "a length before chunked (CL.TE)",
    "RFC 9112 6.3",
    `Content-Length: 6\r\n${TE} chunked`,
    "both",
  ),
  wrong(
    "chunked before a length (TE.CL)",
    "RFC 9112 6.3",
    `${TE} chunked\r\nContent-Length: 4`,
    "both",
  ),
  wrong(
    "chunked and a length of zero",
    "RFC 9112 6.3",
    `${TE} chunked\r\nContent-Length: 0`,
    "both",
  ),
  wrong(
    "an unknown coding and a length",
    "RFC 9112 6.3",
    `${TE} x\r\nContent-Length: 4`,
    "both",
  ),
  wrong(
    "no coding and a length",
    "RFC 9112 6.3",
    `${TE}\r\nContent-Length: 4`,
    "both",
  ),
  wrong(
    "chunked twice",
    "RFC 9112 6.1",
    `${TE} chunked, chunked`,
    "more than once",
  ),
  wrong(
    "chunked twice in two fields (TE.TE)",
    "RFC 9112 6.1",
    `${TE} chunked\r\n${TE} Chunked`,
    "more than once",
  ),
  wrong(
    "a coding behind chunked",
    "RFC 9112 6.3",
    `${TE} chunked, gzip`,
    "not the last",
  ),
  wrong(
    "a coding behind chunked in a second field (TE.TE)",
    "RFC 9112 6.3",
    `${TE} chunked\r\n${TE} cow`,
    "not the last",
  ),
  wrong(
    "identity behind chunked",
    "RFC 9112 6.3",
    `${TE} chunked, identity`,
    "not the last",
  ),
  wrong("no coding", "RFC 9112 6.1", TE, "empty member"),
  wrong("a comma before chunked", "RFC 9112 6.1", `${TE} ,chunked`, "empty"),
  wrong("a comma behind chunked", "RFC 9112 6.1", `${TE} chunked,`, "empty"),
  wrong(
    "another coding",
    "RFC 9112 6.1",
    `${TE} gzip`,
    "is not supported",
    501,
  ),
  wrong(
    "another coding and chunked",
    "RFC 9112 6.1",
    `${TE} gzip, chunked`,
    "is not supported",
    501,
  ),
  wrong(
    "another coding and chunked in two fields (TE.TE)",
    "RFC 9112 6.1",
    `${TE} x\r\n${TE} chunked`,
    "is not supported",
    501,
  ),
  wrong("identity", "RFC 9112 6.1", `${TE} identity`, "is not supported", 501),
  wrong(
    "letters before chunked",
    "RFC 9112 6.1",
    `${TE} xchunked`,
    "supported",
    501,
  ),
  wrong("half of chunked", "RFC 9112 6.1", `${TE} chunk`, "supported", 501),
  wrong(
    "chunked in quotes",
    "RFC 9112 6.1",
    `${TE} "chunked"`,
    "supported",
    501,
  ),
  wrong(
    "chunked in apostrophes",
    "RFC 9112 6.1",
    `${TE} 'chunked'`,
    "supported",
    501,
  ),
  wrong(
    "a parameter of chunked",
    "RFC 9112 6.1",
    `${TE} chunked;a=b`,
    "supported",
    501,
  ),
  wrong("two words", "RFC 9112 6.1", `${TE} chunked x`, "supported", 501),
  wrong(
    "a letter above 7F",
    "RFC 9112 6.1",
    `${TE} chunk\xc9d`,
    "supported",
    501,
  ),
  wrong(
    "a no-break space before chunked",
    "RFC 9112 6.1",
    `${TE} \xa0chunked`,
    "supported",
    501,
  ),
  wrong("a colon more", "RFC 9112 6.1", `${TE}: chunked`, "supported", 501),
  wrong(
    "a space before the coding's colon",
    "RFC 9112 5.1",
    "Transfer-Encoding : chunked",
    "before its colon",
  ),
];

// A client unfolds lines (RFC 9112 section 5.2).
const FOLDED = [
  wrong(
    "chunked on a folded line",
    "RFC 9112 5.2",
    `${TE}\r\n chunked`,
    "folded",
  ),
  wrong(
    "a space before the name",
    "RFC 9112 5.2",
    `A: b\r\n ${TE} chunked`,
    "folded",
  ),
];

requests(FOLDED.map(([request]) => request));
responses([
  {
    name: "chunked on a folded line",
    clause: "RFC 9112 5.2",
    bytes: `${OK}${TE}\r\n chunked\r\n\r\n${LAST}`,
    gives: [`response HTTP/1.1 200 OK | ${TE} chunked`, "end"],
  },
]);
requests(REFUSED.map(([request]) => request));
responses(REFUSED.map(([, response]) => response));

requests([
  {
    name: "a vertical tab before chunked at once",
    clause: "RFC 9110 5.5",
    bytes: `${POST}${TE} \v`,
    refused: ["malformed", 400, "byte 0b"],
  },
  {
    name: "NUL behind chunked at once",
    clause: "RFC 9110 5.5",
    bytes: `${POST}${TE} chunked\0`,
    refused: ["malformed", 400, "byte 00"],
  },
  {
    name: "a coding behind a lone LF",
    clause: "RFC 9112 2.2",
    bytes: `${POST}A: b\n`,
    refused: ["malformed", 400, "LF without CR"],
  },
  {
    name: "a coding behind a lone CR",
    clause: "RFC 9112 2.2",
    bytes: `${POST}A: b\rT`,
    refused: ["malformed", 400, "CR without LF"],
  },
]);
