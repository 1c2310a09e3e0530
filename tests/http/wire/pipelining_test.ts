/**
 * Several messages on one connection: where one ends, the next begins.
 *
 * @module
 */

import { requests, responses } from "./table.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const GET_GIVES = ["GET / HTTP/1.1 | Host: a", "end"];
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
const OK_GIVES = [
  "response HTTP/1.1 200 OK | Content-Length: 2",
  "data hi",
  "end",
];

requests([
  {
    name: "three requests in a row",
    clause: "RFC 9112 9.3.2",
    bytes: GET + GET + GET,
    gives: [...GET_GIVES, ...GET_GIVES, ...GET_GIVES],
  },
  {
    name: "bodies of each kind in a row",
    clause: "RFC 9112 9.3.2",
    bytes: "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nGET " +
      "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
      "4\r\nGET \r\n0\r\nA: b\r\n\r\n" + GET,
    gives: [
      "POST /1 HTTP/1.1 | Host: a | Content-Length: 4",
      "data GET ",
      "end",
      "POST /2 HTTP/1.1 | Host: a | Transfer-Encoding: chunked",
      "data GET ",
      "end | A: b",
      ...GET_GIVES,
    ],
  },
  {
    name: "one empty line between requests, as old clients send",
    clause: "RFC 9112 2.2",
    bytes:
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\na\r\n${GET}\r\n${GET}`,
    gives: [
      "POST / HTTP/1.1 | Host: a | Content-Length: 1",
      "data a",
      "end",
      ...GET_GIVES,
      ...GET_GIVES,
    ],
  },
  {
    name: "two empty lines between requests",
    clause: "RFC 9112 2.2",
    bytes: `${GET}\r\n\r\n`,
    gives: GET_GIVES,
    refused: ["malformed", 400, "empty line"],
  },
  {
    name: "a bad request behind a good one",
    clause: "RFC 9112 3.2",
    bytes: `${GET}GET / HTTP/1.1\r\n\r\n`,
    gives: GET_GIVES,
    refused: ["malformed", 400, "Host"],
  },
  {
    name: "more body than its length as a bad request",
    clause: "RFC 9112 3",
    bytes: "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhello\r\n",
    gives: ["POST / HTTP/1.1 | Host: a | Content-Length: 2", "data he", "end"],
    refused: ["malformed", 400, "a method, a target"],
  },
  {
    name: "a request behind the last one as none",
    clause: "RFC 9112 9.6",
    bytes: `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n${GET}`,
    gives: ["GET / HTTP/1.1 | Host: a | Connection: close", "end"],
    state: "closed",
    rest: GET,
  },
  {
    name: "a request behind HTTP/1.0 as none",
    clause: "RFC 9112 9.3",
    bytes: `GET / HTTP/1.0\r\nHost: a\r\n\r\n${GET}`,
    gives: ["GET / HTTP/1.0 | Host: a", "end"],
    state: "closed",
    rest: GET,
  },
  {
    name: "an end within the second request",
    clause: "RFC 9112 8",
    bytes: `${GET}GET /`,
    end: "announced",
    gives: GET_GIVES,
    refused: ["truncated", 400, "the first line"],
  },
]);

responses([
  {
    name: "informational responses before the final one",
    clause: "RFC 9110 15.2",
    bytes:
      `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: b\r\n\r\n${OK}`,
    gives: [
      "informational HTTP/1.1 100 Continue",
      "informational HTTP/1.1 103 x | Link: b",
      ...OK_GIVES,
    ],
  },
  {
    name: "an informational response whose lengths mean nothing",
    clause: "RFC 9112 6.3",
    bytes:
      `HTTP/1.1 102 x\r\nContent-Length: 5\r\nTransfer-Encoding: gzip\r\n\r\n${OK}`,
    gives: [
      "informational HTTP/1.1 102 x | Content-Length: 5 | Transfer-Encoding: gzip",
      ...OK_GIVES,
    ],
  },
  {
    name: "an informational response that asks for an end, which means nothing",
    clause: "RFC 9110 15.2",
    bytes: `HTTP/1.1 100 x\r\nConnection: close\r\n\r\n${OK}`,
    gives: ["informational HTTP/1.1 100 x | Connection: close", ...OK_GIVES],
  },
  {
    name: "a second response to one request (response splitting)",
    clause: "RFC 9112 9.2",
    bytes: `${OK}H`,
    gives: OK_GIVES,
    refused: ["malformed", 400, "without a request"],
  },
  {
    name: "an empty line behind a response",
    clause: "RFC 9112 9.2",
    bytes: `${OK}\r`,
    gives: OK_GIVES,
    refused: ["malformed", 400, "without a request"],
  },
  {
    name: "a body of HEAD as a response nobody asked for",
    clause: "RFC 9112 9.2",
    method: "HEAD",
    bytes: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nh",
    gives: ["response HTTP/1.1 200 OK | Content-Length: 2", "end"],
    refused: ["malformed", 400, "without a request"],
  },
  {
    name: "a body of 304 as a response nobody asked for",
    clause: "RFC 9112 9.2",
    bytes: "HTTP/1.1 304 x\r\nContent-Length: 2\r\n\r\nh",
    gives: ["response HTTP/1.1 304 x | Content-Length: 2", "end"],
    refused: ["malformed", 400, "without a request"],
  },
  {
    name: "a body of 100 as no response",
    clause: "RFC 9112 4",
    bytes: "HTTP/1.1 100 x\r\nContent-Length: 2\r\n\r\nhi\r\n",
    gives: ["informational HTTP/1.1 100 x | Content-Length: 2"],
    refused: ["malformed", 400, "a status from 100"],
  },
  {
    name: "a response behind the last one as none",
    clause: "RFC 9112 9.6",
    bytes: `HTTP/1.1 204 x\r\nConnection: close\r\n\r\n${OK}`,
    gives: ["response HTTP/1.1 204 x | Connection: close", "end"],
    state: "closed",
    rest: OK,
  },
]);
