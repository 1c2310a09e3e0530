/**
 * A request as handlers get it: the platform's, and what the wire said beyond
 * it.
 *
 * @module
 */

import type { Address } from "../../../transport/address.ts";
import type { HeaderField, RequestHead } from "../../wire/events.ts";
import { malformed, unsupported } from "../../wire/http_error.ts";
import { canBeLate, LateRequest } from "./late_request.ts";
import { isPlainUrl } from "./plain_url.ts";
import type { RequestBody } from "./request_body.ts";
import type { RequestSignal } from "./request_signal.ts";
import { WholeRequest } from "./whole_request.ts";

/** A request that came over a connection. */
class IncomingRequest extends LateRequest {
  readonly #head: RequestHead;
  readonly #body: RequestBody | undefined;
  readonly #url: string;
  readonly #ended: RequestSignal;

  /**
   * Makes a request.
   *
   * @param body Its body, if it has one.
   * @param url Its URL, in its normal form or not.
   */
  constructor(
    head: RequestHead,
    body: RequestBody | undefined,
    url: string,
    ended: RequestSignal,
  ) {
    super();
    this.#head = head;
    this.#body = body;
    this.#url = url;
    this.#ended = ended;
  }

  /** The method, as it was written. */
  override get method(): string {
    return this.#head.method;
  }

  /** The URL. */
  override get url(): string {
    // Made at once if this was not its normal form.
    return this.isMade ? super.url : this.#url;
  }

  /**
   * Aborted when the link is lost before it was answered; not by a client that
   * only finishes sending.
   */
  override get signal(): AbortSignal {
    return this.#ended.signal;
  }

  protected override make(): Request {
    return new WholeRequest(this.#head, this.#body, this.#url, this.#ended);
  }
}

/**
 * Makes the request for a head.
 *
 * @param body The body, if there is one.
 * @param local Where it arrived.
 * @throws {HttpError} With status 501 if the platform's `Request` cannot be of
 * that method, and 400 if the URL is invalid.
 */
export function incomingRequest(
  head: RequestHead,
  body: RequestBody | undefined,
  local: Address,
  ended: RequestSignal,
): Request {
  checkMethod(head.method);
  const { target } = head;
  const scheme = local.transport === "tls" ? "https" : "http";
  const host = hostOf(head.headers) || authorityOf(local);
  const url = urlOf(target, scheme, host);
  try {
    if (!canBeLate) {
      return new WholeRequest(head, body, url, ended);
    }
    const request = new IncomingRequest(head, body, url, ended);
    // Otherwise the URL may be invalid, or change in its normal form.
    if (!isPlainUrl(scheme, host, target)) request.makeNow();
    return request;
  } catch {
    throw malformed(
      "RFC 9112 3.3",
      `the target and the host make ${
        JSON.stringify(url.slice(0, 64))
      }, which is not a valid URL`,
    );
  }
}

/** The URL of a request (RFC 9112 section 3.3). */
function urlOf(target: string, scheme: string, host: string): string {
  if (target.charCodeAt(0) === 0x2f) return `${scheme}://${host}${target}`;
  if (target === "*") return `${scheme}://${host}`;
  // The absolute form names the host; how it came here is what we know better.
  return target.replace(/^[^:]*:\/\//, `${scheme}://`);
}

function hostOf(headers: readonly HeaderField[]): string {
  for (let i = 0; i < headers.length; i++) {
    const name = headers[i]![0];
    if (name.length === 4 && name.toLowerCase() === "host") {
      return headers[i]![1];
    }
  }
  return "";
}

/** The host for who names none, which HTTP/1.0 allows. */
function authorityOf({ hostname, port, transport }: Address): string {
  if (hostname === "") return "localhost"; // a path has no host
  if (transport === "memory") return hostname;
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

// These the platform's Request writes in capitals.
const KNOWN = /^(?:DELETE|GET|HEAD|OPTIONS|POST|PUT)$/;
// These it refuses.
const REFUSED = /^(?:CONNECT|TRACE|TRACK)$/;

function checkMethod(method: string): void {
  if (method === "GET") return;
  const upper = method.toUpperCase();
  // Case matters in HTTP: "get" is another method, which no Request can have.
  const isAltered = upper !== method && KNOWN.test(upper);
  if (!isAltered && !REFUSED.test(upper)) return;
  throw unsupported(
    501,
    "RFC 9110 9.1",
    `the method ${method.slice(0, 64)} is not supported`,
  );
}
