/**
 * The platform's `Request` for what came over a connection.
 *
 * @module
 */

import type { RequestHead } from "../../wire/events.ts";
import type { RequestBody } from "./request_body.ts";
import type { RequestSignal } from "./request_signal.ts";

/** A request that came over a connection, made at once. */
export class WholeRequest extends Request {
  readonly #ended: RequestSignal;

  /**
   * Makes a request.
   *
   * @param body Its body, if it has one.
   * @throws {TypeError} If the URL is invalid.
   */
  constructor(
    head: RequestHead,
    body: RequestBody | undefined,
    url: string,
    ended: RequestSignal,
  ) {
    super(url, initOf(head, body));
    this.#ended = ended;
    const own = this.headers;
    // Half the time of giving them to the constructor.
    for (let i = 0; i < head.headers.length; i++) {
      own.append(head.headers[i]![0], head.headers[i]![1]);
    }
  }

  /**
   * Aborted when the link is lost before it was answered; not by a client that
   * only finishes sending.
   */
  override get signal(): AbortSignal {
    return this.#ended.signal;
  }
}

function initOf(
  { method }: RequestHead,
  body: RequestBody | undefined,
): RequestInit | undefined {
  if (method === "GET") return undefined;
  // No HEAD has a body, nor GET; what came is dropped after the answer.
  return body === undefined || method === "HEAD"
    ? { method }
    : { method, body: body.stream };
}
