/**
 * Request lines: the method, the target in its four forms, the version.
 *
 * @module
 */

import { requests, type Row } from "./table.ts";

const HOST = "Host: a\r\n\r\n";

/** A request line that is read as it stands. */
function line(name: string, clause: string, text: string): Row {
  return {
    name,
    clause,
    bytes: `${text}\r\n${HOST}`,
    gives: [`${text.replace(/1\.[2-9]$/, "1.1")} | Host: a`, "end"],
  };
}

/** A request line that is refused at its LF. */
function wrong(name: string, clause: string, text: string, why: string): Row {
  return {
    name,
    clause,
    bytes: `${text}\r\n`,
    refused: ["malformed", 400, why],
  };
}

const PARTS = "a method, a target and a version";
const TARGET = "must be a path";

requests([
  line("a plain request", "RFC 9112 3", "GET / HTTP/1.1"),
  line("a method nobody has heard of", "RFC 9110 9.1", "BREW / HTTP/1.1"),
  line(
    "a method in lower case as another one",
    "RFC 9110 9.1",
    "get / HTTP/1.1",
  ),
  line(
    "a method of everything a token may hold",
    "RFC 9110 5.6.2",
    "!#$%&'*+-.^_`|~09azAZ / HTTP/1.1",
  ),
  line(
    "a target of everything printable",
    "RFC 9112 3.2",
    "GET /%00%zz?a=1&b[]={}|\\^\"<>'`;:@!$()*+,~?? HTTP/1.1",
  ),
  line(
    "two slashes at the front as a path",
    "RFC 9112 3.2.1",
    "GET //b/c HTTP/1.1",
  ),
  line(
    "a whole URL for another host than Host's",
    "RFC 9112 3.2.2",
    "GET http://b/c?d HTTP/1.1",
  ),
  line(
    "a whole URL in capitals",
    "RFC 9112 3.2.2",
    "GET HTTPS://B:443/ HTTP/1.1",
  ),
  line(
    "a whole URL with an IPv6 address and no path",
    "RFC 9112 3.2.2",
    "GET http://[::1]:8080?q HTTP/1.1",
  ),
  line("the asterisk with OPTIONS", "RFC 9112 3.2.4", "OPTIONS * HTTP/1.1"),
  line(
    "a later minor version as 1.1",
    "RFC 9110 2.5",
    "GET / HTTP/1.9",
  ),
  {
    name: "one empty line before it",
    clause: "RFC 9112 2.2",
    bytes: `\r\nGET / HTTP/1.1\r\n${HOST}`,
    gives: ["GET / HTTP/1.1 | Host: a", "end"],
  },
  {
    name: "HTTP/1.0 without any field",
    clause: "RFC 9112 3.2",
    bytes: "GET / HTTP/1.0\r\n\r\n",
    gives: ["GET / HTTP/1.0", "end"],
    state: "closed",
  },
  {
    name: "lone LF as line ends if asked to",
    clause: "RFC 9112 2.2",
    options: { bareLineFeed: true },
    bytes: "\nGET / HTTP/1.1\nHost: a\n\n",
    gives: ["GET / HTTP/1.1 | Host: a", "end"],
  },
]);

requests([
  {
    name: "a second empty line before it",
    clause: "RFC 9112 2.2",
    bytes: "\r\n\r\n",
    refused: ["malformed", 400, "empty line"],
  },
  {
    name: "LF alone before it",
    clause: "RFC 9112 2.2",
    bytes: "\n",
    refused: ["malformed", 400, "LF without CR at byte 0"],
  },
  wrong("white space before it", "RFC 9112 3", " GET / HTTP/1.1", PARTS),
  wrong(
    "a byte order mark before it",
    "RFC 9112 3",
    "\xef\xbb\xbfGET / HTTP/1.1",
    PARTS,
  ),
  wrong("no target", "RFC 9112 3", "GET HTTP/1.1", PARTS),
  wrong("no version (HTTP/0.9)", "RFC 9112 3", "GET /", PARTS),
  wrong("nothing but a method", "RFC 9112 3", "GET", PARTS),
  wrong("two spaces before the target", "RFC 9112 3", "GET  / HTTP/1.1", PARTS),
  wrong(
    "two spaces before the version",
    "RFC 9112 2.3",
    "GET /  HTTP/1.1",
    "the version",
  ),
  wrong(
    "a space behind the version",
    "RFC 9112 2.3",
    "GET / HTTP/1.1 ",
    "the version",
  ),
  wrong("a tab for a space", "RFC 9112 3", "GET\t/ HTTP/1.1", PARTS),
  wrong(
    "a space in the target",
    "RFC 9112 2.3",
    "GET /a b HTTP/1.1",
    "the version",
  ),
  wrong(
    "a smuggled line in the target",
    "RFC 9112 2.3",
    "GET / HTTP/1.1 /b HTTP/1.1",
    "the version",
  ),
  wrong("a tab in the target", "RFC 9112 3", "GET /a\tb HTTP/1.1", PARTS),
  wrong("a fragment in the target", "RFC 9112 3", "GET /a#b HTTP/1.1", PARTS),
  wrong(
    "a letter above 7F in the target",
    "RFC 9112 3",
    "GET /\xe4 HTTP/1.1",
    PARTS,
  ),
  wrong("a bracket in the method", "RFC 9112 3", "G(T / HTTP/1.1", PARTS),
  wrong(
    "a letter above 7F in the method",
    "RFC 9112 3",
    "G\xc9T / HTTP/1.1",
    PARTS,
  ),
  wrong("a path without its slash", "RFC 9112 3.2", "GET a HTTP/1.1", TARGET),
  wrong("a query without a path", "RFC 9112 3.2", "GET ?a HTTP/1.1", TARGET),
  wrong("the asterisk with GET", "RFC 9112 3.2", "GET * HTTP/1.1", TARGET),
  wrong(
    "more than the asterisk with OPTIONS",
    "RFC 9112 3.2",
    "OPTIONS *a HTTP/1.1",
    TARGET,
  ),
  wrong("host and port with GET", "RFC 9112 3.2", "GET a:80 HTTP/1.1", TARGET),
  wrong(
    "a URL of another scheme",
    "RFC 9112 3.2",
    "GET ftp://a/ HTTP/1.1",
    TARGET,
  ),
  wrong(
    "a URL without a host",
    "RFC 9112 3.2",
    "GET http:///b HTTP/1.1",
    TARGET,
  ),
  wrong(
    "a URL with nothing but a port",
    "RFC 9112 3.2",
    "GET http://:80/ HTTP/1.1",
    TARGET,
  ),
  wrong(
    "a URL with a user's name",
    "RFC 9112 3.2",
    "GET http://b@a/ HTTP/1.1",
    TARGET,
  ),
  wrong(
    "a URL with a backslash in its host",
    "RFC 9112 3.2",
    "GET http://b\\a/ HTTP/1.1",
    TARGET,
  ),
]);

requests([
  wrong("a version in lower case", "RFC 9112 2.3", "GET / http/1.1", "version"),
  wrong("a version with one number", "RFC 9112 2.3", "GET / HTTP/1", "version"),
  wrong(
    "a version with two digits",
    "RFC 9112 2.3",
    "GET / HTTP/1.10",
    "version",
  ),
  wrong("a version without a dot", "RFC 9112 2.3", "GET / HTTP/11", "version"),
  wrong("a version with a sign", "RFC 9112 2.3", "GET / HTTP/+1.1", "version"),
  wrong("another protocol", "RFC 9112 2.3", "OPTIONS / RTSP/1.0", "version"),
  wrong("an SSH client", "RFC 9112 3", "SSH-2.0-OpenSSH_9.2", "an SSH client"),
  wrong("a response", "RFC 9112 3", "HTTP/1.1 200 OK", "an HTTP server"),
  {
    name: "HTTP/2.0",
    clause: "RFC 9110 15.6.6",
    bytes: "GET / HTTP/2.0\r\n",
    refused: ["malformed", 505, "HTTP/2.0 is not supported"],
  },
  {
    name: "the preface of HTTP/2",
    clause: "RFC 9110 15.6.6",
    bytes: "PRI * HTTP/2.0\r\n",
    refused: ["malformed", 505, "HTTP/2.0 is not supported"],
  },
  {
    name: "HTTP/0.9 written out",
    clause: "RFC 9110 15.6.6",
    bytes: "GET / HTTP/0.9\r\n",
    refused: ["malformed", 505, "HTTP/0.9 is not supported"],
  },
  {
    name: "NUL in the target at once",
    clause: "RFC 9110 5.5",
    bytes: "GET /\0",
    refused: ["malformed", 400, "byte 00 at byte 5"],
  },
  {
    name: "DEL in the target at once",
    clause: "RFC 9110 5.5",
    bytes: "GET /\x7f",
    refused: ["malformed", 400, "byte 7f at byte 5"],
  },
  {
    name: "a form feed for a space at once",
    clause: "RFC 9110 5.5",
    bytes: "GET\f",
    refused: ["malformed", 400, "byte 0c at byte 3"],
  },
  {
    name: "CR without LF in the target",
    clause: "RFC 9112 2.2",
    bytes: "GET /\rX",
    refused: ["malformed", 400, "CR without LF at byte 5"],
  },
  {
    name: "two CR at the end of the line",
    clause: "RFC 9112 2.2",
    bytes: "GET / HTTP/1.1\r\r",
    refused: ["malformed", 400, "CR without LF at byte 14"],
  },
  {
    name: "LF alone at the end of the line",
    clause: "RFC 9112 2.2",
    bytes: "GET / HTTP/1.1\n",
    refused: ["malformed", 400, "LF without CR at byte 14"],
  },
  {
    name: "TLS at its first byte",
    clause: "RFC 9110 5.5",
    bytes: "\x16",
    refused: ["malformed", 400, "TLS sent to a plain port"],
  },
  {
    name: "a version that is no number, whatever is behind the line",
    clause: "RFC 9112 2.3",
    bytes: "GET / HTTP/1.x\r\n",
    refused: ["malformed", 400, "the version"],
  },
]);
