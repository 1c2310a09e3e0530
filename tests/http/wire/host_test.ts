/**
 * The one Host field of a request.
 *
 * @module
 */

import { requests, responses, type Row } from "./table.ts";

/** A value of Host that is read. */
function host(name: string, value: string): Row {
  return {
    name,
    clause: "RFC 9110 7.2",
    bytes: `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
    gives: [`GET / HTTP/1.1 | Host: ${value}`, "end"],
  };
}

/** A value of Host that is refused. */
function wrong(name: string, value: string): Row {
  return {
    name,
    clause: "RFC 9112 3.2",
    bytes: `GET / HTTP/1.1\r\nHost: ${value}\r\n\r\n`,
    refused: ["malformed", 400, "Host"],
  };
}

requests([
  host("a name with a port", "example.org:8080"),
  host("a name in capitals", "EXAMPLE.ORG"),
  host("an IPv6 address with a port", "[2001:db8::1]:80"),
  host("an IPv4 address", "192.0.2.1"),
  host("an empty host", ""),
  host("a colon without a port", "a:"),
  host("all that a name may hold", "a-b_c~!$&'()*+,;=%20"),
  {
    name: "HTTP/1.0 without Host",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.0\r\nA: b\r\n\r\n",
    gives: ["GET / HTTP/1.0 | A: b", "end"],
    state: "closed",
  },
]);

requests([
  {
    name: "HTTP/1.1 without Host",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.1\r\nA: b\r\n\r\n",
    refused: ["malformed", 400, "Host"],
  },
  {
    name: "a later minor version without Host",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.2\r\n\r\n",
    refused: ["malformed", 400, "Host"],
  },
  {
    name: "a whole URL without Host",
    clause: "RFC 9112 3.2",
    bytes: "GET http://a/ HTTP/1.1\r\n\r\n",
    refused: ["malformed", 400, "Host"],
  },
  {
    name: "Host twice",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\nhost: b\r\n\r\n",
    refused: ["malformed", 400, "Host"],
  },
  {
    name: "the same Host twice",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    refused: ["malformed", 400, "Host"],
  },
  {
    name: "Host twice in HTTP/1.0",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n",
    refused: ["malformed", 400, "Host"],
  },
  wrong("a space in Host", "a b"),
  wrong("a path in Host", "a/b"),
  wrong("a user's name in Host", "a@b"),
  wrong("a backslash in Host", "a\\b"),
  wrong("a fragment in Host", "a#b"),
  wrong("markup in Host", "<b>"),
  wrong("a quotation mark in Host", 'a"b'),
  wrong("a letter above 7F in Host", "\xe4"),
  wrong("a port of letters in Host", "a:http"),
  wrong("two ports in Host", "a:80:81"),
  wrong("half a bracket in Host", "[::1"),
  wrong("two hosts in Host", "[::1]a"),
]);

responses([
  {
    name: "Host, which means nothing in a response",
    clause: "RFC 9110 7.2",
    bytes: "HTTP/1.1 204 x\r\nHost: <\r\nHost: >\r\n\r\n",
    gives: ["response HTTP/1.1 204 x | Host: < | Host: >", "end"],
  },
]);
