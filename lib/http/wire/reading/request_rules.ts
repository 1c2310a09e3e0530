/**
 * The rules between the parts of a request.
 *
 * @module
 */

import { type BodyLength, bodyLength } from "../body_length.ts";
import type { HttpVersion, RequestHead } from "../events.ts";
import type { Fields } from "../fields.ts";
import type { Head } from "./head_reader.ts";
import { malformed, unsupported } from "../http_error.ts";
import { isHost, type RequestLine } from "./start_line.ts";

/** A request whose head was checked. */
export interface CheckedRequest {
  readonly head: Head<RequestLine>;
  readonly event: RequestHead;
  readonly length: BodyLength;
}

/**
 * Checks the head of a request.
 *
 * @param maxBodyBytes Largest body in bytes.
 * @throws {HttpError} If its host or its length is malformed, or it asks for too much.
 */
export function checkedRequest(
  head: Head<RequestLine>,
  maxBodyBytes: number,
): CheckedRequest {
  const { line, fields } = head;
  const { method, target, version } = line;
  checkRequest(line, fields);
  const length = bodyLength(fields, version, 0, maxBodyBytes);
  if (method === "CONNECT" && length !== 0) {
    // To some these bytes are the tunnel's first, to others a body.
    throw malformed("RFC 9110 9.3.6", "a CONNECT request has a body");
  }
  const headers = fields.all;
  return {
    head,
    event: { type: "request", method, target, version, headers },
    length,
  };
}

/**
 * Checks the head of a request: its host, and what it expects.
 *
 * @throws {HttpError} If it does not name exactly one host, or has an unknown
 * expectation.
 */
function checkRequest(line: RequestLine, fields: Fields): void {
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
