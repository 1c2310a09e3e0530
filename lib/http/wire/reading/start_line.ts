/**
 * The first line of a message.
 *
 * ```text
 * GET /index.html HTTP/1.1        request line, RFC 9112 section 3
 * HTTP/1.1 404 Not Found          status line, RFC 9112 section 4
 * ```
 *
 * @module
 */

import { endOf, HOST, isAll, TARGET, TOKEN } from "../characters.ts";
import type { HttpVersion } from "../events.ts";
import { type HttpError, malformed, unsupported } from "../http_error.ts";

/** The parts of a request line. */
export interface RequestLine {
  readonly method: string;
  readonly target: string;
  readonly version: HttpVersion;
}

/** The parts of a status line. */
export interface StatusLine {
  readonly version: HttpVersion;
  readonly status: number;
  readonly reason: string;
}

/**
 * Reads a request line. White space other than one SP between its three parts
 * is refused: a program that splits at any white space sees another target (RFC
 * 9112 section 3).
 *
 * @param line The line, without its end.
 * @throws {HttpError} If it is malformed.
 */
export function parseRequestLine(line: string): RequestLine {
  const methodEnd = endOf(line, TOKEN, 0, line.length);
  const targetEnd = endOf(line, TARGET, methodEnd + 1, line.length);
  if (
    methodEnd === 0 || line[methodEnd] !== " " ||
    targetEnd === methodEnd + 1 || line[targetEnd] !== " "
  ) throw noRequestLine(line);
  // Before the target: PRI * HTTP/2.0 has an invalid target, and a known
  // version.
  const version = parseVersion(line.slice(targetEnd + 1));
  const method = line.slice(0, methodEnd);
  const target = line.slice(methodEnd + 1, targetEnd);
  checkTarget(method, target);
  return { method, target, version };
}

/**
 * Reads a status line. A missing phrase may lack its SP too, as several servers
 * write it; nothing else can be meant. A status from 600 to 999 is invalid, and
 * a client treats it as 5xx (RFC 9110 section 15).
 *
 * @param line The line, without its end.
 * @throws {HttpError} If it is malformed.
 */
export function parseStatusLine(line: string): StatusLine {
  const match = /^(HTTP\/[0-9]\.[0-9]) ([1-9][0-9]{2})(?: (.*))?$/.exec(line);
  if (match === null) throw noStatusLine(line);
  const [, version = "", status = "", reason = ""] = match;
  return { version: parseVersion(version), status: Number(status), reason };
}

/**
 * Checks a request target (RFC 9112 section 3.2).
 *
 * @param method The request's method; two have a form of their own.
 * @throws {HttpError} If it has none of the four forms.
 */
export function checkTarget(method: string, target: string): void {
  if (isTarget(method, target)) return;
  const wanted = method === "CONNECT"
    ? "a host and a port"
    : 'a path that begins with "/", or a whole http URL, without "#"';
  throw malformed(
    "RFC 9112 3.2",
    `the target of the ${method} request must be ${wanted}`,
  );
}

function isTarget(method: string, target: string): boolean {
  if (!isAll(target, TARGET)) return false;
  if (method === "CONNECT") return isAuthority(target);
  if (target[0] === "/") return true;
  if (target === "*") return method === "OPTIONS";
  const authority = authorityOf(target);
  return authority !== undefined && isHost(authority) &&
    !authority.startsWith(":");
}

/**
 * The authority in a target that is a whole URL.
 *
 * @returns Host and port as written, or `undefined` if the target is not a URL.
 */
function authorityOf(target: string): string | undefined {
  return /^https?:\/\/([^/?]+)/i.exec(target)?.[1];
}

/**
 * Whether a text is a host with a port that can be connected to (RFC 9112 section
 * 3.2.3, RFC 9110 section 9.3.6).
 */
function isAuthority(text: string): boolean {
  if (!isHost(text)) return false;
  const [, port] = /.:([0-9]+)$/.exec(text) ?? [];
  return port !== undefined && Number(port) >= 1 && Number(port) <= 65535;
}

/**
 * Tells whether a text can be the value of `Host`: a host, and maybe a port
 * (RFC 9110 section 7.2, RFC 3986 section 3.2.2). It may be empty.
 */
export function isHost(text: string): boolean {
  // Most are only a name, which needs no regular expression.
  const end = endOf(text, HOST, 0, text.length);
  return end === text.length &&
    /^(?:\[[0-9A-Fa-fv:.]+\]|[^[\]:]*)(?::[0-9]{0,5})?$/.test(text);
}

function parseVersion(text: string): HttpVersion {
  if (text === "HTTP/1.1") return "1.1";
  if (text === "HTTP/1.0") return "1.0";
  const match = /^HTTP\/([0-9])\.[0-9]$/.exec(text);
  if (match === null) {
    throw malformed("RFC 9112 2.3", "the version must be written HTTP/1.1");
  }
  // A later minor version is understood as the highest one known (RFC 9110
  // 2.5).
  if (match[1] === "1") return "1.1";
  throw unsupported(
    505,
    "RFC 9110 15.6.6",
    `${text} is not supported, only HTTP/1.1 and HTTP/1.0 are`,
  );
}

/** The error for a line that is not a request line looks like. */
function noRequestLine(line: string): HttpError {
  const hint = line.startsWith("SSH-")
    ? "this looks like an SSH client"
    : line.startsWith("HTTP/")
    ? "this looks like an HTTP server"
    : undefined;
  return malformed(
    "RFC 9112 3",
    "a request must begin with a method, a target and a version, one space between them",
    hint === undefined ? {} : { hint },
  );
}

/** The error for a line that is not a status line looks like. */
function noStatusLine(line: string): HttpError {
  const hint = line.startsWith("SSH-")
    ? "this looks like an SSH server"
    : line.startsWith("ICY ")
    ? "this looks like a SHOUTcast server"
    : / HTTP\/1\.[01]$/.test(line)
    ? "this looks like a request that came back: does an echo service listen there?"
    : undefined;
  return malformed(
    "RFC 9112 4",
    "a response must begin with a version, a space and a status from 100 to 999",
    hint === undefined ? {} : { hint },
  );
}
