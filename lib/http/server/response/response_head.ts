/**
 * The head of a response, out of the platform's `Response`.
 *
 * @module
 */

import { OptionRangeError, OptionTypeError } from "../../../check.ts";
import type { HeaderField } from "../../wire/events.ts";
import { httpDate } from "./http_date.ts";

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
 * @throws {TypeError} If it cannot be sent.
 */
export function checkResponse(response: unknown): Response {
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
export function checkLength(announced: string, actual: number): void {
  if (announced === `${actual}`) return;
  throw new OptionRangeError({
    action: `send a body of ${actual} bytes`,
    reason: `its content-length says ${announced}`,
  });
}
