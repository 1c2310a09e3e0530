/**
 * Reading a browser's request, beside the parser in JavaScript that is used
 * most, in the same run; and what answering adds.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import { HttpConnection } from "@parley/parley/http";
import { Buffer } from "node:buffer";
import { HTTPParser } from "http-parser-js";

// What http-parser-js and its predecessors have always been measured with.
const REQUEST = [
  "GET /cookies HTTP/1.1",
  "Host: 127.0.0.1:8090",
  "Connection: keep-alive",
  "Cache-Control: max-age=0",
  "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "User-Agent: Mozilla/5.0 (Windows NT 6.1; WOW64) AppleWebKit/537.17 (KHTML, like Gecko) Chrome/24.0.1312.56 Safari/537.17",
  "Accept-Encoding: gzip,deflate,sdch",
  "Accept-Language: en-US,en;q=0.8",
  "Accept-Charset: ISO-8859-1,utf-8;q=0.7,*;q=0.3",
  "Cookie: name=wookie",
  "",
  "",
].join("\r\n");

const COUNT = 1_000;
const bytes = new TextEncoder().encode(REQUEST);
const buffer = Buffer.from(bytes);
const head = {
  type: "response",
  status: 200,
  reason: "OK",
  version: "1.1",
  headers: [["content-type", "text/plain"], ["content-length", "0"]],
} as const;
const end = { type: "end", trailers: [] } as const;

let seen = 0;

function parser() {
  const parser = new HTTPParser(HTTPParser.REQUEST);
  parser[HTTPParser.kOnHeadersComplete] = ({ headers }) => {
    seen += headers.length;
  };
  parser[HTTPParser.kOnMessageComplete] = () => {};
  return parser;
}

const group = `read ${COUNT} requests of ${bytes.length} bytes`;

Deno.bench({ name: "http-parser-js", group, baseline: true }, () => {
  const http = parser();
  for (let i = 0; i < COUNT; i++) {
    const result: unknown = http.execute(buffer, 0, buffer.length);
    if (result instanceof Error) throw result;
  }
});

// Reading alone: as if each request came on a connection of its own.
Deno.bench({ name: "HttpConnection", group }, () => {
  for (let i = 0; i < COUNT; i++) {
    const http = new HttpConnection("server");
    http.receive(bytes);
    const event = http.next();
    if (event?.type === "request") seen += event.headers.length;
    http.next();
  }
});

// A client that asks for the same again and again, and one that does not.
const PATHS = Array.from(
  { length: 16 },
  (_, i) => new TextEncoder().encode(REQUEST.replace("/cookies", `/page${i}`)),
);

function answered(requests: readonly Uint8Array[]): void {
  const http = new HttpConnection("server");
  const sink = new ByteSink();
  for (let i = 0; i < COUNT; i++) {
    http.receive(requests[i % requests.length]!);
    const event = http.next();
    if (event?.type === "request") seen += event.headers.length;
    http.next();
    http.send(head, sink);
    http.send(end, sink);
    sink.clear();
  }
}

Deno.bench({ name: "HttpConnection, kept alive, and answered", group }, () => {
  answered([bytes]);
});

Deno.bench({ name: "the same, another path each time", group }, () => {
  answered(PATHS);
});
