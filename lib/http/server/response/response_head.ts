/**
 * The head of a response, out of the platform's `Response`.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../../../check.ts";
import type {
  HeaderField,
  InformationalHead,
  StatusHead,
} from "../../wire/events.ts";
import { httpDate } from "./http_date.ts";
import { reasonPhrase } from "./reason_phrases.ts";

/** What a response says of its own body. */
export interface ResponseFields {
  /** The header fields; what is missing is added. */
  readonly fields: HeaderField[];
  /** The length that it announces, if it does. */
  readonly length: string | undefined;
}

/**
 * Checks what a handler gave.
 *
 * @param response What it gave.
 * @param method The method of the request.
 * @throws {TypeError} If it cannot be sent.
 */
export function checkResponse(response: unknown, method: string): Response {
  if (!(response instanceof Response)) {
    throw new OptionTypeError({
      action: `answer with ${response === null ? "null" : typeof response}`,
      reason: "the handler must return a Response",
    });
  }
  if (response.status < 200 || response.status > 599) {
    throw new OptionTypeError({
      action: `answer with status ${response.status}`,
      reason: "it must be from 200 to 599",
    });
  }
  // The client would take it for an open tunnel (RFC 9110 section 9.3.6).
  if (method === "CONNECT" && response.status < 300) {
    throw new OptionTypeError({
      action: `answer a CONNECT request with status ${response.status}`,
      reason: "only info.tunnel() opens a tunnel",
    });
  }
  if (response.bodyUsed) {
    throw new OptionTypeError({
      action: "answer with a Response whose body was used",
      reason: "make a new one for every request",
    });
  }
  return response;
}

/**
 * Takes the header fields of a response.
 *
 * @returns They, with `Date`.
 */
export function fieldsOf(response: Response): ResponseFields {
  const fields: HeaderField[] = [];
  let length: string | undefined;
  let isDated = false;
  // A line for each cookie: forEach() does not join them.
  response.headers.forEach((value, name) => {
    // How the body is delimited is for the connection to say.
    if (name === "transfer-encoding") return;
    if (name === "content-length") {
      // A status that never has a body must not announce one.
      if (response.status === 204) return;
      length = value;
    } else if (name === "date") isDated = true;
    fields.push([name, value]);
  });
  if (!isDated) fields.push(["date", httpDate()]);
  return { fields, length };
}

/** The header fields of a response of which only the content type is known. */
export function textFields(contentType: string): ResponseFields {
  return {
    fields: [["content-type", contentType], ["date", httpDate()]],
    length: undefined,
  };
}

/**
 * Adds the length of a body to its fields, or checks the one that is there.
 *
 * @throws {RangeError} If the fields announce another length.
 */
export function giveLength(
  { fields, length }: ResponseFields,
  actual: number,
  isBodyless: boolean,
): void {
  if (length === undefined) fields.push(["content-length", `${actual}`]);
  else if (!isBodyless) checkLength(length, actual);
}

/**
 * Checks the length that a body announces.
 *
 * @throws {RangeError} If the body has another.
 */
function checkLength(announced: string, actual: number): void {
  if (announced === `${actual}`) return;
  throw new OptionRangeError({
    action: `send a body of ${actual} bytes`,
    reason: `its content-length says ${announced}`,
  });
}

/** The head of an informational response. */
export function informational(
  status: number,
  headers: readonly HeaderField[],
): InformationalHead {
  return { ...statusHead(status, headers), type: "informational" };
}

/** What the heads of all responses have. */
export function statusHead(
  status: number,
  headers: readonly HeaderField[],
): StatusHead {
  return { status, reason: reasonPhrase(status), version: "1.1", headers };
}
