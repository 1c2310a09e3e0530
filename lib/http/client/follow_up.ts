/**
 * What becomes of a request that was answered, or not answered: another request,
 * the same one again, or a response.
 *
 * @module
 */

import { ConnectionError } from "../../errors.ts";
import type { StatusHead } from "../wire/events.ts";
import { HttpError } from "../wire/http_error.ts";
import type { RequestSettings } from "./request_settings.ts";
import type { OutgoingRequest } from "./request/outgoing_request.ts";
import type { Redirects } from "./request/redirect.ts";
import { valueOf } from "./request/request_fields.ts";
import { named } from "./response/response_error.ts";
import type { RunningRequest } from "./running_request.ts";

// The platform's Response refuses a body with 205, as does RFC 9110 section 15.3.6.
const BODILESS: readonly number[] = [204, 205, 304];

/** A request that was answered. */
export interface Answer {
  readonly running: RunningRequest;
  readonly head: StatusHead;
}

/** What is asked next, if the answer is not the last one. */
export function followUp(
  request: OutgoingRequest,
  { running, head }: Answer,
  settings: RequestSettings,
  redirects: Redirects,
): OutgoingRequest | undefined {
  // The expectation failed, not the request (RFC 9110 section 10.1.1).
  if (head.status === 417 && request.expectsContinue && request.isReplayable) {
    return request.with({ expectsContinue: false });
  }
  if (settings.redirect === "manual") return undefined;
  try {
    return redirects.follow(request, head);
  } catch (error) {
    const failure = named(error, request.target.name);
    running.cancel(failure);
    throw failure;
  }
}

/**
 * Whether a kept connection may have been closed before the server saw the
 * request, and sending it again does no harm if the server did see it (RFC 9112
 * section 9.3.1).
 */
export function mayAskAgain(
  { isUnanswered, request }: RunningRequest,
  error: unknown,
): boolean {
  const isLoss = error instanceof ConnectionError ||
    (error instanceof HttpError && error.code === "truncated");
  return isLoss && isUnanswered && request.isIdempotent && request.isReplayable;
}

/** Known by the head alone, so that it does not depend on what has arrived. */
export function hasBody(request: OutgoingRequest, head: StatusHead): boolean {
  if (request.method === "HEAD") return false;
  if (BODILESS.includes(head.status)) return false;
  return valueOf(head.headers, "content-length") !== "0";
}
