/**
 * Fields of a form on the command line.
 *
 * @module
 */

import { UsageError } from "../../output/failure.ts";

/** One field of a form. */
export type FormField =
  | { readonly name: string; readonly text: string }
  | { readonly name: string; readonly path: string };

/**
 * Reads a field of the command line.
 *
 * @param text `NAME=VALUE`, or `NAME=@FILE`.
 * @throws {UsageError} If it is anything else.
 */
export function parseFormField(text: string): FormField {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(
      `"${text}" is not a field of a form; write NAME=VALUE, or NAME=@FILE to send a file`,
    );
  }
  return value.startsWith("@") && value.length > 1
    ? { name, path: value.slice(1) }
    : { name, text: value };
}
