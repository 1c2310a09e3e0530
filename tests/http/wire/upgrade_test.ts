/**
 * Where HTTP ends and another protocol begins: 101 and CONNECT.
 *
 * @module
 */

import { requests, responses } from "./table.ts";

const ASKS = [["Connection", "Upgrade"], ["Upgrade", "echo"]] as const;
const SWITCH = "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n";
const SWITCH_GIVES =
  "informational HTTP/1.1 101 x | Connection: upgrade | Upgrade: echo";
const UPGRADE = "Host: a\r\nConnection: a, UPGRADE\r\nUpgrade: echo\r\n";
const UPGRADE_GIVES = "Host: a | Connection: a, UPGRADE | Upgrade: echo";

requests([
  {
    name: "an upgrade that it agrees to, and the first bytes behind",
    clause: "RFC 9110 7.8",
    answer: 101,
    bytes: `GET / HTTP/1.1\r\n${UPGRADE}\r\n\0\x16binary`,
    gives: [`GET / HTTP/1.1 | ${UPGRADE_GIVES}`, "end"],
    state: "switched",
    rest: "\0\x16binary",
  },
  {
    name: "an upgrade with a body, which is over before",
    clause: "RFC 9110 7.8",
    answer: 101,
    bytes: `POST / HTTP/1.1\r\n${UPGRADE}Content-Length: 1\r\n\r\nab`,
    gives: [
      `POST / HTTP/1.1 | ${UPGRADE_GIVES} | Content-Length: 1`,
      "data a",
      "end",
    ],
    state: "switched",
    rest: "b",
  },
  {
    name: "an upgrade that it does not agree to",
    clause: "RFC 9110 7.8",
    bytes: `GET / HTTP/1.1\r\n${UPGRADE}\r\n`,
    gives: [`GET / HTTP/1.1 | ${UPGRADE_GIVES}`, "end"],
  },
  {
    name: "CONNECT and the tunnel's first bytes",
    clause: "RFC 9110 9.3.6",
    bytes: "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n\x16\x03\x01",
    gives: ["CONNECT a:443 HTTP/1.1 | Host: a:443", "end"],
    state: "switched",
    rest: "\x16\x03\x01",
  },
  {
    name: "CONNECT to an IPv6 address",
    clause: "RFC 9112 3.2.3",
    bytes: "CONNECT [::1]:443 HTTP/1.1\r\nHost: \r\n\r\n",
    gives: ["CONNECT [::1]:443 HTTP/1.1 | Host: ", "end"],
    state: "switched",
  },
  {
    name: "CONNECT with a length of zero, as some clients send",
    clause: "RFC 9110 9.3.6",
    bytes: "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nx",
    gives: ["CONNECT a:443 HTTP/1.1 | Host: a | Content-Length: 0", "end"],
    state: "switched",
    rest: "x",
  },
  {
    name: "CONNECT that it declines, and a request behind",
    clause: "RFC 9110 9.3.6",
    answer: 407,
    bytes:
      "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n",
    gives: [
      "CONNECT a:443 HTTP/1.1 | Host: a",
      "end",
      "GET / HTTP/1.1 | Host: a",
      "end",
    ],
  },
  {
    name: "CONNECT with a body",
    clause: "RFC 9110 9.3.6",
    bytes: "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n",
    refused: ["malformed", 400, "a CONNECT request has a body"],
  },
  {
    name: "CONNECT with a chunked body",
    clause: "RFC 9110 9.3.6",
    bytes:
      "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
    refused: ["malformed", 400, "a CONNECT request has a body"],
  },
]);

for (
  const [name, target] of [
    ["a path", "/"],
    ["no port", "a"],
    ["an empty port", "a:"],
    ["no host", ":443"],
    ["a whole URL", "http://a:443/"],
    ["a path behind the port", "a:443/"],
    ["an asterisk", "*"],
    ["a port of letters", "a:https"],
    ["port 0", "a:0"],
    ["a port out of range", "a:65536"],
    ["a user's name", "b@a:443"],
    ["an IPv6 address without its brackets", "::1:443"],
  ] as const
) {
  requests([{
    name: `CONNECT to ${name}`,
    clause: "RFC 9112 3.2",
    bytes: `CONNECT ${target} HTTP/1.1\r\n`,
    refused: ["malformed", 400, "must be a host and a port"],
  }]);
}

responses([
  {
    name: "a switch and the first bytes behind",
    clause: "RFC 9110 15.2.2",
    asks: ASKS,
    bytes: `${SWITCH}\0\x16binary`,
    gives: [SWITCH_GIVES],
    state: "switched",
    rest: "\0\x16binary",
  },
  {
    name: "a switch whose length means nothing",
    clause: "RFC 9112 6.3",
    asks: ASKS,
    bytes: "HTTP/1.1 101 x\r\nContent-Length: 5\r\n\r\nhello",
    gives: ["informational HTTP/1.1 101 x | Content-Length: 5"],
    state: "switched",
    rest: "hello",
  },
  {
    name: "an informational response before a switch",
    clause: "RFC 9110 15.2",
    asks: ASKS,
    bytes: `HTTP/1.1 103 x\r\n\r\n${SWITCH}`,
    gives: ["informational HTTP/1.1 103 x", SWITCH_GIVES],
    state: "switched",
  },
  {
    name: "a switch that was declined",
    clause: "RFC 9110 7.8",
    asks: ASKS,
    bytes: "HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\na",
    gives: ["response HTTP/1.1 200 x | Content-Length: 1", "data a", "end"],
  },
  {
    name: "a switch that nobody asked for",
    clause: "RFC 9110 7.8",
    bytes: SWITCH,
    refused: ["malformed", 400, "was not asked for"],
  },
  {
    name: "a switch that Connection did not ask for",
    clause: "RFC 9110 7.8",
    asks: [["Upgrade", "echo"]],
    bytes: SWITCH,
    refused: ["malformed", 400, "was not asked for"],
  },
  {
    name: "CONNECT's tunnel, whatever lengths there are",
    clause: "RFC 9110 9.3.6",
    method: "CONNECT",
    bytes:
      "HTTP/1.1 200 x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    gives: [
      "response HTTP/1.1 200 x | Content-Length: 5 | Transfer-Encoding: chunked",
    ],
    state: "switched",
    rest: "0\r\n\r\n",
  },
  {
    name: "CONNECT's tunnel of any status from 200 to 299",
    clause: "RFC 9110 9.3.6",
    method: "CONNECT",
    bytes: "HTTP/1.1 299 x\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    gives: ["response HTTP/1.1 299 x"],
    state: "switched",
    rest: "HTTP/1.1 200 OK\r\n\r\n",
  },
  {
    name: "CONNECT that was declined, with a body",
    clause: "RFC 9110 9.3.6",
    method: "CONNECT",
    bytes: "HTTP/1.1 407 x\r\nContent-Length: 1\r\n\r\na",
    gives: ["response HTTP/1.1 407 x | Content-Length: 1", "data a", "end"],
  },
  {
    name: "CONNECT that was redirected, with a body",
    clause: "RFC 9110 9.3.6",
    method: "CONNECT",
    bytes: "HTTP/1.1 300 x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    gives: ["response HTTP/1.1 300 x | Transfer-Encoding: chunked", "end"],
  },
]);
