/**
 * The rules between the parts of a request.
 *
 * @module
 */

import type { HttpVersion } from "../events.ts";
import type { Fields } from "../fields.ts";
import { malformed, unsupported } from "../http_error.ts";
import { isHost, type RequestLine } from "./start_line.ts";

/**
 * Checks the head of a request: its host, and what it expects.
 *
 * @throws {HttpError} If it does not name exactly one host, or has an unknown
 * expectation.
 */
export function checkRequest(line: RequestLine, fields: Fields): void {
  const { host, hosts } = fields;
  if (hosts > 1 || (hosts === 0 && line.version === "1.1")) {
    throw malformed("RFC 9112 3.2", `there are ${hosts} Host headers, not one`);
  }
  if (host !== undefined && !isHost(host)) {
    throw malformed(
      "RFC 9112 3.2",
      `Host is ${JSON.stringify(host.slice(0, 64))}, which is not a valid host`,
    );
  }
  if (fields.expect === undefined || fields.expect === "100-continue") return;
  throw unsupported(
    417,
    "RFC 9110 10.1.1",
    `the request expects ${
      JSON.stringify(fields.expect.slice(0, 64))
    }, not 100-continue`,
  );
}

/**
 * Checks that a switch of protocols was asked for (RFC 9110 section 7.8).
 *
 * @param isWhole Whether the request is complete: the bytes after it are not
 * HTTP.
 * @throws {HttpError} If it was not.
 */
export function checkSwitch(
  request: Fields,
  version: HttpVersion,
  isWhole: boolean,
): void {
  const why = switchFault(request, version, isWhole);
  if (why !== undefined) throw malformed("RFC 9110 7.8", why);
}

/**
 * The reason against a switch of protocols, if there is one.
 *
 * @param isWhole Whether all of the request is over.
 * @returns The reason, or `undefined` if nothing does.
 */
export function switchFault(
  request: Fields,
  version: HttpVersion,
  isWhole: boolean,
): string | undefined {
  // In HTTP/1.0 it asks for nothing.
  if (
    version === "1.0" || !request.hasConnection("upgrade") ||
    !request.all.some(([name]) => name.toLowerCase() === "upgrade")
  ) return "a switch of protocols was not asked for";
  return isWhole ? undefined : "the request is not over yet";
}
