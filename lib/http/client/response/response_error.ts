/**
 * What is wrong with a response, with the name of who gave it.
 *
 * @module
 */

import { HttpError } from "../../wire/http_error.ts";

const NAMELESS = "Cannot read HTTP: ";

/**
 * Names the server in an error of the machine, which knows of none.
 *
 * @param error What was thrown.
 * @param name The URL, for the message.
 * @returns The error to be thrown; others than the machine's as they are.
 */
export function named(error: unknown, name: string): unknown {
  if (!(error instanceof HttpError)) return error;
  const { clause, code, details, message, status } = error;
  if (!message.startsWith(NAMELESS)) return error;
  const what = message.slice(NAMELESS.length);
  return new HttpError(
    code,
    status,
    clause,
    `Cannot read the response of ${name}: ${what}`,
    { ...details, cause: error },
  );
}
