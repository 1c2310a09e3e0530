/**
 * The bytes that are written, and what a connection knows of its exchange.
 *
 * @module
 */

import { ByteSink, COPY_LIMIT_BYTES } from "../../../lib/bytes/byte_sink.ts";
import {
  type HeaderField,
  HttpConnection,
  HttpError,
  type HttpEvent,
} from "@parley/parley/http";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";

const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
const END: HttpEvent = { type: "end", trailers: [] };

const data = (text: string): HttpEvent => ({
  type: "data",
  bytes: latin1(text),
});

function request(method: string, ...headers: HeaderField[]): HttpEvent {
  return {
    type: "request",
    method,
    target: "/",
    version: "1.1",
    headers: [["Host", "a"], ...headers],
  };
}

function response(status: number, ...headers: HeaderField[]): HttpEvent {
  return {
    type: status < 200 ? "informational" : "response",
    status,
    reason: "x",
    version: "1.1",
    headers,
  };
}

/** A server that has read a request to its end, or as far as it came. */
function server(request = GET): HttpConnection {
  const http = new HttpConnection("server");
  http.receive(latin1(request));
  while (http.next() !== undefined);
  return http;
}

function written(http: HttpConnection, ...events: HttpEvent[]): string {
  const sink = new ByteSink();
  for (const event of events) http.send(event, sink);
  return sink.pieces().map(fromLatin1).join("");
}

function states(http: HttpConnection): string {
  return `${http.peerState} ${http.ownState} ${http.keepAlive}`;
}

Deno.test("send() writes a request without a body as it is", () => {
  assertEquals(
    written(new HttpConnection("client"), request("GET", ["A", "b\xff"]), END),
    "GET / HTTP/1.1\r\nHost: a\r\nA: b\xff\r\n\r\n",
  );
});

Deno.test("send() chunks a response of unknown length", () => {
  const trailers = [["A", "b"]] as const;
  assertEquals(
    written(
      server(),
      response(200),
      data("hello"),
      data(""),
      data("x".repeat(16)),
      { type: "end", trailers },
    ),
    "HTTP/1.1 200 x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n10\r\n" +
      `${"x".repeat(16)}\r\n0\r\nA: b\r\n\r\n`,
  );
});

Deno.test("send() lets the end delimit a response of unknown length to HTTP/1.0", () => {
  for (
    const fields of [[], [["Transfer-Encoding", "chunked"]]] as HeaderField[][]
  ) {
    const http = server("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    assertEquals(
      written(http, response(200, ...fields), data("hi"), END),
      "HTTP/1.1 200 x\r\nconnection: close\r\n\r\nhi",
    );
    assertEquals(states(http), "closed closed false");
  }
});

Deno.test("send() tells HTTP/1.0 that the connection stays open", () => {
  const http = server("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  assertEquals(
    written(http, response(200, ["Content-Length", "2"]), data("hi"), END),
    "HTTP/1.1 200 x\r\nContent-Length: 2\r\nconnection: keep-alive\r\n\r\nhi",
  );
  assertEquals(states(http), "idle idle true");
});

Deno.test("send() writes the head alone to HEAD", () => {
  const request = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  for (const fields of [[], [["Content-Length", "5"]]] as HeaderField[][]) {
    const http = server(request);
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`);
    assertEquals(
      written(http, response(200, ...fields), END),
      `HTTP/1.1 200 x\r\n${lines.join("")}\r\n`,
    );
    assertEquals(states(http), "idle idle true");
  }
});

Deno.test("send() says connection: close once, if it was not said", () => {
  const closing = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const length: HeaderField = ["Content-Length", "0"];
  assertEquals(
    written(server(closing), response(200, length), END),
    "HTTP/1.1 200 x\r\nContent-Length: 0\r\nconnection: close\r\n\r\n",
  );
  const said: HeaderField = ["Connection", "Close"];
  const http = server();
  assertEquals(
    written(http, response(200, length, said), END),
    "HTTP/1.1 200 x\r\nContent-Length: 0\r\nConnection: Close\r\n\r\n",
  );
  assertEquals(states(http), "closed closed false");
});

Deno.test("closeAfterThis() puts connection: close into the next head", () => {
  const answering = server();
  answering.closeAfterThis();
  assertEquals(
    written(answering, response(204), END),
    "HTTP/1.1 204 x\r\nconnection: close\r\n\r\n",
  );
  assertEquals(states(answering), "closed closed false");

  const asking = new HttpConnection("client");
  asking.closeAfterThis();
  assertEquals(
    written(asking, request("GET"), END),
    "GET / HTTP/1.1\r\nHost: a\r\nconnection: close\r\n\r\n",
  );
  asking.receive(latin1("HTTP/1.1 204 x\r\n\r\n"));
  assertEquals([asking.next()?.type, asking.next()?.type], ["response", "end"]);
  assertEquals(states(asking), "closed closed false");
});

Deno.test("closeAfterThis() closes a server that waits for a request, not one that has begun to read it", () => {
  const waiting = new HttpConnection("server");
  waiting.closeAfterThis();
  assertEquals(states(waiting), "closed closed false");
  assertEquals([waiting.needsBytes, waiting.next()], [false, undefined]);

  const reading = new HttpConnection("server");
  reading.receive(latin1(GET.slice(0, 5)));
  reading.closeAfterThis();
  reading.receive(latin1(GET.slice(5)));
  assertEquals(reading.next()?.type, "request");
});

Deno.test("a pipelined request waits for the response to the one before it", () => {
  const http = new HttpConnection("server");
  http.receive(latin1(GET + GET.replace("/", "/2")));
  assertEquals([http.next()?.type, http.next()], ["request", END]);
  assertEquals([http.next(), http.needsBytes], [undefined, false]);
  assertEquals(fromLatin1(http.headBytes), GET);
  written(http, response(204));
  assertEquals([http.next(), http.needsBytes], [undefined, false]);
  written(http, END);
  assertEquals(http.begun, true);
  const second = http.next();
  assertEquals(second?.type === "request" && second.target, "/2");
});

Deno.test("headBytes are the head as it came, without an empty line before it", () => {
  const head = "GET / HTTP/1.1\r\nhOST:a\r\nA:\t b \r\n\r\n";
  const http = server(`\r\n${head}`);
  assertEquals(fromLatin1(http.headBytes), head);
});

Deno.test("an answer that overtakes the request lets its body be read", () => {
  const http = server(
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab",
  );
  written(http, response(200, ["Content-Length", "0"]), END);
  assertEquals([states(http), http.needsBytes], ["body done true", true]);
  http.receive(latin1(`cd${GET}`));
  assertEquals(http.next(), data("cd"));
  assertEquals(http.next(), END);
  assertEquals(states(http), "idle idle true");
  assertEquals(http.next()?.type, "request");
});

Deno.test("a server answers a client that has finished sending", () => {
  const http = new HttpConnection("server");
  http.receive(latin1(GET));
  http.receiveEnd();
  assertEquals([http.next()?.type, http.next()], ["request", END]);
  assertEquals([http.next(), http.peerState], [undefined, "done"]);
  written(http, response(204), END);
  assertEquals([http.next(), http.needsBytes], [undefined, false]);
  assertEquals(states(http), "closed closed false");
});

Deno.test("a client takes no switch of protocols from HTTP/1.0", () => {
  const http = new HttpConnection("client");
  const upgrade: HeaderField[] = [["Connection", "upgrade"], ["Upgrade", "b"]];
  const head = { ...request("GET", ...upgrade), version: "1.0" } as HttpEvent;
  written(http, head, END);
  http.receive(latin1("HTTP/1.1 101 x\r\n\r\n"));
  assertThrows(() => http.next(), HttpError, "was not asked for");
});

Deno.test("a server whose client waits for 100 Continue says so, or closes", () => {
  const head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n" +
    "Expect: 100-continue\r\n\r\n";
  const going = server(head);
  assertEquals(going.peerAwaitsContinue, true);
  assertEquals(written(going, response(100)), "HTTP/1.1 100 x\r\n\r\n");
  assertEquals(going.peerAwaitsContinue, false);
  going.receive(latin1("a"));
  assertEquals(going.next(), data("a"));

  const declining = server(head);
  assertEquals(
    written(declining, response(403, ["Content-Length", "0"]), END),
    "HTTP/1.1 403 x\r\nContent-Length: 0\r\nconnection: close\r\n\r\n",
  );
  assertEquals(declining.keepAlive, false);

  const impatient = server(`${head}a`);
  assertEquals(impatient.peerAwaitsContinue, false);

  const old = server(head.replace("HTTP/1.1", "HTTP/1.0"));
  assertEquals(old.peerAwaitsContinue, false);
  assertEquals(written(old, response(103)), ""); // it would take it for the answer
});

Deno.test("a server answers what it refused, and closes", () => {
  for (const request of ["GET /\r\n", "GET / HTTP/1.1\r\n\r\n", "\0"]) {
    const http = new HttpConnection("server");
    http.receive(latin1(request));
    const error = assertThrows(() => http.next(), HttpError);
    assertEquals(states(http), "failed idle false");
    assertEquals(
      written(http, response(400, ["Content-Length", "0"]), END),
      "HTTP/1.1 400 x\r\nContent-Length: 0\r\nconnection: close\r\n\r\n",
    );
    assertEquals([http.peerState, http.ownState], ["failed", "closed"]);
    assertStrictEquals(assertThrows(() => http.next()), error);
  }
});

Deno.test("a server that has begun to answer finishes, whatever the body turns out to be", () => {
  const http = server(
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  written(http, response(200), data("a"));
  http.receive(latin1("x\r\n"));
  assertThrows(() => http.next(), HttpError);
  assertEquals(written(http, data("b"), END), "1\r\nb\r\n0\r\n\r\n");
  assertEquals([http.peerState, http.ownState], ["failed", "closed"]);
});

Deno.test("a server answers a request that did not come, and closes", () => {
  const http = new HttpConnection("server");
  http.receive(latin1("GET / HT"));
  assertEquals(
    written(http, response(408, ["Content-Length", "0"]), END),
    "HTTP/1.1 408 x\r\nContent-Length: 0\r\nconnection: close\r\n\r\n",
  );
  assertEquals(states(http), "closed closed false");
});

Deno.test("a client is given a response that overtakes its request", () => {
  const http = new HttpConnection("client");
  written(http, request("POST", ["Content-Length", "2"]), data("a"));
  http.receive(latin1("HTTP/1.1 204 x\r\n\r\n"));
  assertEquals([http.next()?.type, http.next()], ["response", END]);
  assertEquals(states(http), "done body true");
  written(http, data("b"), END);
  assertEquals(states(http), "idle idle true");
});

Deno.test("a client's connection carries one exchange after the other", () => {
  const http = new HttpConnection("client");
  for (
    const [method, length] of [["HEAD", 0], ["GET", 5], ["HEAD", 0]] as const
  ) {
    written(http, request(method), END);
    const body = "x".repeat(length);
    http.receive(latin1(`HTTP/1.1 200 x\r\nContent-Length: 5\r\n\r\n${body}`));
    assertEquals(http.next()?.type, "response");
    if (length > 0) assertEquals(http.next(), data(body));
    assertEquals(http.next(), END);
    assertEquals(states(http), "idle idle true");
  }
});

Deno.test("a body that the end delimits makes its response the last one", () => {
  const http = new HttpConnection("client");
  written(http, request("GET"), END);
  http.receive(latin1("HTTP/1.1 200 x\r\n\r\na"));
  assertEquals(http.next()?.type, "response");
  assertEquals(states(http), "body done false");
  assertEquals([http.next(), http.next()], [data("a"), undefined]);
  assertEquals(http.needsBytes, true);
  http.receiveEnd();
  assertEquals([http.needsBytes, http.next()], [false, END]);
  assertEquals(states(http), "closed closed false");
});

Deno.test("send() refers to large data and copies small", () => {
  for (const size of [COPY_LIMIT_BYTES, COPY_LIMIT_BYTES + 1]) {
    const bytes = new Uint8Array(size);
    const sink = new ByteSink();
    const http = server();
    http.send(response(200), sink);
    http.send({ type: "data", bytes }, sink);
    assertEquals(sink.borrows, size > COPY_LIMIT_BYTES);
    assertEquals(sink.pieces().includes(bytes), size > COPY_LIMIT_BYTES);
  }
});
