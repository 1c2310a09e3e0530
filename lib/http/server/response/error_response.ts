/**
 * The response that a client gets when its request fails.
 *
 * @module
 */

import { describeError, TimeoutError } from "../../../errors.ts";
import type { ResponseHead } from "../../wire/events.ts";
import { HttpError } from "../../wire/http_error.ts";
import { httpDate } from "./http_date.ts";
import { reasonPhrase } from "./reason_phrases.ts";

/** A response that was made here. */
export interface ErrorResponse {
  /** Its head. */
  readonly head: ResponseHead;
  /** Its body. */
  readonly body: Uint8Array;
}

/**
 * Makes the response for a failure: it says in one sentence what is wrong with the
 * request. About a failure of the server it says nothing more than that.
 */
export function errorResponse(error: unknown, status: number): ErrorResponse {
  const text = status === 500
    ? "The server failed to answer this request"
    // The client cannot set the server's options.
    : describeError(error, () => undefined);
  const body = new TextEncoder().encode(`${printable(text)}\n`);
  return {
    head: {
      type: "response",
      status,
      reason: reasonPhrase(status),
      version: "1.1",
      headers: [
        ["date", httpDate()],
        ["content-type", "text/plain; charset=utf-8"],
        // A browser must not take what it sent itself for a page.
        ["x-content-type-options", "nosniff"],
        ["content-length", `${body.length}`],
      ],
    },
    body,
  };
}

/**
 * The status for a failure.
 *
 * @returns 400 to 505 for the client's faults, 408 if it was too slow, else 500.
 */
export function statusOf(error: unknown): number {
  if (error instanceof HttpError) return error.status;
  if (error instanceof TimeoutError) {
    return error.deadline === "header" || error.deadline === "body" ? 408 : 500;
  }
  return 500;
}

function printable(text: string): string {
  return text.replace(
    /[^\x20-\x7e]/gu,
    (character) =>
      `\\u{${character.codePointAt(0)!.toString(16).padStart(4, "0")}}`,
  );
}
