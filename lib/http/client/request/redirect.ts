/**
 * Turns a redirect into the next request, and counts redirects.
 *
 * @module
 */

import { OptionTypeError } from "../../../check.ts";
import type { HeaderField, StatusHead } from "../../wire/events.ts";
import { HttpError, malformed } from "../../wire/http_error.ts";
import type { OutgoingRequest } from "./outgoing_request.ts";
import { valueOf } from "./request_fields.ts";
import { Target, urlFault, withoutSecrets } from "../connection/target.ts";

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
// Fields about a body that is dropped.
const OF_BODY =
  /^content-(?:encoding|language|length|location|type)$|^trailer$/i;
// Fields for one server only. A redirect must not pass them on to another.
const FOR_ONE_PLACE = /^(?:authorization|cookie|host|proxy-authorization)$/i;

/** The redirects that one request has followed. */
export class Redirects {
  readonly #most: number;
  #count = 0;
  readonly #asked = new Set<string>();

  /**
   * Creates an empty list.
   *
   * @param most How many redirects are followed at most.
   */
  constructor(most: number) {
    this.#most = most;
  }

  /** Whether one was followed. */
  get hasFollowed(): boolean {
    return this.#count > 0;
  }

  /**
   * Makes the next request.
   *
   * @returns The next request, or `undefined` if the response is not a
   * redirect.
   * @throws {HttpError} If its target is invalid, or it is one redirect too
   * many.
   * @throws {TypeError} If a body would have to be sent again that is gone.
   */
  follow(
    request: OutgoingRequest,
    head: StatusHead,
  ): OutgoingRequest | undefined {
    const next = redirectOf(request, head);
    if (next === undefined) return undefined;
    if (this.#count < this.#most) {
      this.#count++;
      this.#asked.add(nameOf(request));
      return next;
    }
    const clause = "RFC 9110 15.4";
    const circle = this.#asked.has(nameOf(next)) ? ", in a circle" : "";
    throw new HttpError("too_large", 508, clause, {
      action: `follow the redirect (${head.status}) from`,
      address: `${request.target.name} to ${next.target.name}`,
      reason: `${this.#most} were followed before it${circle}`,
      option: "maxRedirects",
    });
  }
}

function nameOf({ method, target }: OutgoingRequest): string {
  return `${method} ${target.href}`;
}

/**
 * Makes the next request.
 *
 * @returns The next request, or `undefined` if the response is not a redirect.
 * @throws {HttpError} If its target is invalid.
 * @throws {TypeError} If a body would have to be sent again that is gone.
 */
export function redirectOf(
  request: OutgoingRequest,
  head: StatusHead,
): OutgoingRequest | undefined {
  const location = valueOf(head.headers, "location");
  if (location === undefined || !REDIRECTS.includes(head.status)) {
    return undefined;
  }
  const target = targetOf(location, request.target);
  const fields = target.origin === request.target.origin
    ? request.fields
    : without(request.fields, FOR_ONE_PLACE);
  const method = methodAfter(request.method, head.status);
  if (method !== request.method) {
    const rest = without(fields, OF_BODY);
    return request.with({ target, method, fields: rest, body: undefined });
  }
  if (!request.isReplayable) {
    throw new OptionTypeError({
      action: `follow the redirect (${head.status}) from`,
      address: `${request.target.name} to ${target.name}`,
      reason: "the body is a stream, and was sent already",
      advice: "send bytes or a Blob",
    });
  }
  return request.with({ target, fields });
}

/** RFC 9110 sections 15.4.2 to 15.4.9, as browsers do it. */
function methodAfter(method: string, status: number): string {
  if (status === 303) return method === "HEAD" ? "HEAD" : "GET";
  const isMoved = status === 301 || status === 302;
  return isMoved && method === "POST" ? "GET" : method;
}

function targetOf(location: string, from: Target): Target {
  const url = URL.parse(escaped(location), from.href);
  const fault = url === null ? "it is not a valid URL" : urlFault(url);
  if (url !== null && fault === undefined) {
    // The fragment of the first URL still applies (RFC 9110 section 10.2.2).
    if (url.hash === "") url.hash = from.fragment;
    return new Target(url);
  }
  // A password is not repeated.
  const shown = withoutSecrets(location);
  throw malformed(
    "RFC 9110 10.2.2",
    `the redirect leads to ${JSON.stringify(shown.slice(0, 256))}: ${fault}`,
  );
}

/**
 * Escapes the bytes above 7F as they are. Most are UTF-8, which `URL` would
 * take for ISO 8859-1 and encode once more.
 */
function escaped(location: string): string {
  return location.replace(
    /[\x80-\xff]/g,
    (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function without(
  fields: readonly HeaderField[],
  names: RegExp,
): readonly HeaderField[] {
  return fields.filter(([name]) => !names.test(name));
}
