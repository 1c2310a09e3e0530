/**
 * The errors of a response, with the URL that it answers.
 *
 * @module
 */

import { TimeoutError } from "../../../errors.ts";
import { HttpError, READ_HTTP } from "../../wire/http_error.ts";

/**
 * Adds the URL to an error of the machine, which does not know it.
 *
 * @returns The error to throw; an error of another kind unchanged.
 */
export function named(error: unknown, name: string): unknown {
  return error instanceof HttpError && error.action === READ_HTTP
    ? error.about("read the response of", name)
    : error;
}

/**
 * The error for a server that does not answer.
 *
 * @param responseTimeoutMs How long it was waited for.
 */
export function noResponse(
  name: string,
  responseTimeoutMs: number,
): TimeoutError {
  return new TimeoutError("response", responseTimeoutMs, {
    action: "get a response of",
    address: name,
    reason: `none within ${responseTimeoutMs} ms`,
    option: "responseTimeoutMs",
  });
}

/**
 * The error for a body that stops in the middle.
 *
 * @param bodyTimeoutMs How long the next byte was waited for.
 */
export function stalled(name: string, bodyTimeoutMs: number): TimeoutError {
  return new TimeoutError("body", bodyTimeoutMs, {
    action: "read the response of",
    address: name,
    reason: `no byte of its body within ${bodyTimeoutMs} ms`,
    option: "bodyTimeoutMs",
  });
}
