/**
 * What a sender may not write: it would be another message than it looks like.
 *
 * @module
 */

import { ByteSink } from "@parley/parley/framing";
import {
  type HeaderField,
  HttpConnection,
  type HttpEvent,
  type RequestHead,
  type ResponseHead,
} from "@parley/parley/http";
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { fromLatin1, latin1 } from "../../support/chunkings.ts";

const REQUEST: RequestHead = {
  type: "request",
  method: "GET",
  target: "/",
  version: "1.1",
  headers: [["Host", "a"]],
};
const RESPONSE: ResponseHead = {
  type: "response",
  status: 200,
  reason: "OK",
  version: "1.1",
  headers: [],
};
const END: HttpEvent = { type: "end", trailers: [] };
const GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const data = (text: string): HttpEvent => ({
  type: "data",
  bytes: latin1(text),
});
const end = (...trailers: HeaderField[]): HttpEvent => ({
  type: "end",
  trailers,
});

/** A response's or request's head with other fields. */
function withFields<H extends RequestHead | ResponseHead>(
  head: H,
  ...headers: HeaderField[]
): H {
  const { headers: before } = head;
  return { ...head, headers: [...before, ...headers] };
}

/** A server that has read a request. */
function server(request = GET): HttpConnection {
  const http = new HttpConnection("server");
  http.receive(latin1(request));
  while (http.next() !== undefined);
  return http;
}

/** What events look like on the wire. */
function written(http: HttpConnection, ...events: HttpEvent[]): string {
  const sink = new ByteSink();
  for (const event of events) http.send(event, sink);
  return sink.pieces().map(fromLatin1).join("");
}

/** Checks that the last of some events is refused, and nothing of it written. */
function refuses(
  http: HttpConnection,
  events: readonly HttpEvent[],
  why: string,
  kind: ErrorConstructor | TypeErrorConstructor | RangeErrorConstructor =
    TypeError,
): void {
  const sink = new ByteSink();
  for (const event of events.slice(0, -1)) http.send(event, sink);
  const before = [sink.length, http.ownState, http.peerState, http.keepAlive];
  const error = assertThrows(() => http.send(events.at(-1)!, sink), kind);
  assertStringIncludes(error.message, why);
  assertStringIncludes(error.message, "Cannot ");
  assertEquals(
    [sink.length, http.ownState, http.peerState, http.keepAlive],
    before,
  );
}

const INJECTIONS = [
  "a\r\nB: c",
  "a\nB: c",
  "a\rB: c",
  "\r\n\r\n",
  "a\r\n b",
  "a\0",
  "\x7f",
  "a\x1b[2J",
  "\u010a",
  "\u560d\u560a",
  "\u20ac",
  "\ud83d\ude00",
];

Deno.test("send() refuses a header's value that would begin another line", () => {
  for (const value of INJECTIONS) {
    const client = new HttpConnection("client");
    refuses(client, [withFields(REQUEST, ["A", value])], "Cannot send A of");
    refuses(server(), [withFields(RESPONSE, ["A", value])], "Cannot send A of");
    const informational = {
      ...RESPONSE,
      type: "informational",
      status: 103,
      headers: [["Link", value]],
    } as const;
    refuses(server(), [informational], "Cannot send Link of");
    refuses(server(), [RESPONSE, end(["A", value])], "Cannot send A of");
  }
});

Deno.test("send() refuses a header's name that is no token", () => {
  const names = [
    ...INJECTIONS,
    "",
    "A:",
    "A ",
    " A",
    "A B",
    "A\t",
    "(A)",
    "\xc4",
  ];
  for (const name of names) {
    const why = `a header named ${JSON.stringify(name)}`;
    const client = new HttpConnection("client");
    refuses(client, [withFields(REQUEST, [name, "b"])], why);
    refuses(server(), [withFields(RESPONSE, [name, "b"])], why);
    refuses(server(), [RESPONSE, end([name, "b"])], why);
  }
});

Deno.test("send() refuses a reason phrase that would begin another line", () => {
  for (const reason of INJECTIONS) {
    refuses(server(), [{ ...RESPONSE, reason }], "the reason phrase");
  }
});

Deno.test("send() refuses a method that is no token", () => {
  for (const method of [...INJECTIONS, "", "GET /", "GET\t", "G\xc9T"]) {
    const client = new HttpConnection("client");
    refuses(client, [{ ...REQUEST, method }], "Cannot send the method");
  }
});

Deno.test("send() refuses a target that a server would refuse", () => {
  const targets = [
    ...INJECTIONS.map((text) => `/${text}`),
    "",
    "a",
    "*",
    "/a b",
    "/a#b",
    "/\xe4",
    "a:80",
    "ftp://a/",
    "http://",
    "http://b@a/",
  ];
  for (const target of targets) {
    const client = new HttpConnection("client");
    refuses(client, [{ ...REQUEST, target }], "it must be a path");
  }
  for (const target of ["/", "*", "a", ":443", "http://a:443"]) {
    const client = new HttpConnection("client");
    const head = { ...REQUEST, method: "CONNECT", target };
    refuses(client, [head], "it must be a host and a port");
  }
});

Deno.test("send() refuses a request without the one Host", () => {
  const client = new HttpConnection("client");
  const without: RequestHead = { ...REQUEST, headers: [] };
  refuses(client, [without], "with 0 Host headers");
  refuses(client, [withFields(REQUEST, ["host", "a"])], "with 2 Host headers");
  for (const host of ["a b", "a/b", "a@b", "\xe4", "[::1", "a:b"]) {
    refuses(
      client,
      [{ ...REQUEST, headers: [["Host", host]] }],
      "it is not a host",
    );
  }
  assertEquals(
    written(client, { ...without, version: "1.0" }, END),
    "GET / HTTP/1.0\r\nconnection: close\r\n\r\n",
  );
});

Deno.test("send() refuses a status outside of its event's range", () => {
  for (
    const status of [0, 99, 100, 199, 600, 999, -200, 200.5, NaN, Infinity]
  ) {
    refuses(server(), [{ ...RESPONSE, status }], "it must be from 200 to 599");
  }
  for (const status of [0, 99, 200, 600, 100.5, NaN]) {
    const head = { ...RESPONSE, type: "informational", status } as const;
    refuses(server(), [head], "it must be from 100 to 199");
  }
});

Deno.test("send() refuses lengths that a reader would refuse", () => {
  const fields: HeaderField[][] = [
    [["Content-Length", "1"], ["content-length", "1"]],
    [["Content-Length", "1"], ["Transfer-Encoding", "chunked"]],
    [["Transfer-Encoding", "chunked"], ["Transfer-Encoding", "chunked"]],
    ...["", "+1", "-1", "0x1", "1, 1", "1.0", "9007199254740992", " "].map((
      value,
    ): HeaderField[] => [["Content-Length", value]]),
    ...["", "gzip", "gzip, chunked", "identity", "chunked, chunked"].map((
      value,
    ): HeaderField[] => [["Transfer-Encoding", value]]),
  ];
  for (const headers of fields) {
    const client = new HttpConnection("client");
    refuses(client, [withFields(REQUEST, ...headers)], "Cannot send");
    refuses(server(), [withFields(RESPONSE, ...headers)], "Cannot send");
  }
});

Deno.test("send() refuses a length where there can be no body", () => {
  const tunnel = "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const lengths: HeaderField[] = [
    ["Content-Length", "0"],
    ["Transfer-Encoding", "chunked"],
  ];
  for (const length of lengths) {
    const head = withFields(RESPONSE, length);
    refuses(server(), [{ ...head, status: 204 }], "with status 204");
    refuses(server(tunnel), [head], "with status 200");
    const early = { ...head, type: "informational", status: 103 } as const;
    refuses(server(), [early], "with status 103");
  }
});

Deno.test("send() refuses a chunked request of HTTP/1.0 and a body of CONNECT", () => {
  const chunked = withFields(REQUEST, ["Transfer-Encoding", "chunked"]);
  refuses(
    new HttpConnection("client"),
    [{ ...chunked, version: "1.0" }],
    "a chunked request of HTTP/1.0",
  );
  refuses(
    new HttpConnection("client"),
    [{ ...chunked, method: "CONNECT", target: "a:1" }],
    "a CONNECT request with a body",
  );
});

Deno.test("send() refuses more body than its length, and less", () => {
  const three = withFields(RESPONSE, ["Content-Length", "3"]);
  refuses(server(), [three, data("abcd")], "the head announces 3", RangeError);
  refuses(server(), [three, data("ab"), data("cd")], "4 bytes", RangeError);
  refuses(server(), [three, data("ab"), END], "after 2 bytes", RangeError);
  refuses(server(), [three, END], "after 0 bytes", RangeError);
  const client = new HttpConnection("client");
  refuses(client, [REQUEST, data("a")], "announces 0", RangeError);
  const http = server();
  refuses(http, [three, data("abcd")], "the head announces 3", RangeError);
  assertEquals(written(http, data("abc"), END), "abc"); // nothing is lost
});

Deno.test("send() refuses a body where the request or the status has none", () => {
  const head = server("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  const three = withFields(RESPONSE, ["Content-Length", "3"]);
  refuses(head, [three, data("abc")], "announces 0", RangeError);
  assertEquals(written(head, END), "");
  for (const status of [204, 304]) {
    const empty = { ...RESPONSE, status };
    refuses(server(), [empty, data("a")], "announces 0", RangeError);
  }
});

Deno.test("send() refuses trailers where nobody could read them", () => {
  const three = withFields(RESPONSE, ["Content-Length", "0"]);
  const trailer: HeaderField = ["A", "b"];
  refuses(server(), [three, end(trailer)], "not chunked");
  refuses(
    server(),
    [{ ...RESPONSE, status: 304 }, end(trailer)],
    "not chunked",
  );
  refuses(
    server("GET / HTTP/1.0\r\n\r\n"),
    [RESPONSE, end(trailer)],
    "not chunked",
  );
  for (const name of ["Content-Length", "TRANSFER-ENCODING", "host"]) {
    refuses(server(), [RESPONSE, end([name, "1"])], `${name} as a trailer`);
  }
});

Deno.test("send() refuses events out of their order", () => {
  refuses(server(), [data("a")], "this side of the exchange is idle");
  refuses(server(), [END], "this side of the exchange is idle");
  refuses(server(), [RESPONSE, RESPONSE], "this side of the exchange is body");
  const early = { ...RESPONSE, type: "informational", status: 103 } as const;
  refuses(server(), [RESPONSE, early], "this side of the exchange is body");
  refuses(server(), [RESPONSE, END, END], "this side of the exchange is idle");
  refuses(new HttpConnection("server"), [early], "there is no request");
  const client = new HttpConnection("client");
  refuses(client, [REQUEST, REQUEST], "this side of the exchange is body");
  refuses(client, [END, REQUEST], "this side of the exchange is done");
  refuses(client, [data("a")], "this side of the exchange is done");
});

Deno.test("send() refuses the other side's heads", () => {
  refuses(
    server(),
    [REQUEST],
    "Cannot send a request: this is the server's end",
  );
  const client = new HttpConnection("client");
  refuses(
    client,
    [RESPONSE],
    "Cannot send a response: this is the client's end",
  );
  const early = { ...RESPONSE, type: "informational", status: 100 } as const;
  refuses(
    client,
    [early],
    "Cannot send an informational response: this is the client's end",
  );
});

Deno.test("send() refuses to switch protocols if that was not asked for", () => {
  const head = { ...RESPONSE, type: "informational", status: 101 } as const;
  refuses(server(), [head], "was not asked for");
  const request = "POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\n" +
    "Upgrade: echo\r\nContent-Length: 1\r\n\r\n";
  refuses(server(request), [head], "the request is not over yet");
  const old = request.replace("HTTP/1.1", "HTTP/1.0").replace(
    "1\r\n\r\n",
    "0\r\n\r\n",
  );
  refuses(server(old), [head], "was not asked for");
  const broken = new HttpConnection("server");
  broken.receive(latin1("CONNECT a:1 HTTP/1.1\r\n\r\n"));
  assertThrows(() => broken.next());
  refuses(broken, [RESPONSE], "Cannot open a tunnel");
});

Deno.test("send() refuses a request while bytes are here that nobody asked for", () => {
  const client = new HttpConnection("client");
  written(client, REQUEST, END);
  const response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  client.receive(latin1(response + response));
  assertEquals(client.next()?.type, "response");
  assertEquals(client.next()?.type, "end");
  refuses(client, [REQUEST], "bytes came that no request had asked for");
});

Deno.test("the constructor refuses roles and limits that are none", () => {
  assertThrows(
    () => new HttpConnection("proxy" as "server"),
    TypeError,
    "proxy",
  );
  for (
    const options of [
      { maxLineBytes: 13 },
      { maxHeaderBytes: 1 },
      { maxFields: -1 },
      { maxExtensionBytes: 1.5 },
      { maxTrailerBytes: NaN },
      { maxBodyBytes: -1 },
    ]
  ) {
    const [[name]] = Object.entries(options) as [[string, number]];
    assertThrows(() => new HttpConnection("server", options), RangeError, name);
  }
});
