/**
 * Writes errors in the words of the command line. No other place makes text
 * from errors.
 *
 * @module
 */

import type { ErrorParts } from "../../mod.ts";
import { describeError } from "../../lib/start.ts";
import { Failure } from "./failure.ts";
import { runtimeText } from "./system_reason.ts";

/** The flags of a command, each with the library's options that it sets. */
type Flags = Readonly<Record<string, { readonly sets?: readonly string[] }>>;

let flags: Flags = {};

/**
 * Takes note of what the command that runs calls the library's options. A flag sets
 * the option of the same name, such as `--max-message` the option
 * `maxMessageBytes`, and those that the table says.
 *
 * @param table The options of the command line.
 */
export function nameFlags(table: Flags): void {
  flags = table;
}

/**
 * Finds the flag of an option of the library.
 *
 * @param option The library's name, such as `maxMessageBytes`, or several.
 * @returns The flag, or `undefined` if the command has none: then the option is
 * not named.
 */
export function flagOf(option: string): string | undefined {
  const found = option.split(", ").map(flagThatSets);
  return found.includes(undefined) ? undefined : found.join(", ");
}

function flagThatSets(option: string): string | undefined {
  // The last one of the table counts, should several set it.
  const found = Object.entries(flags).findLast(([name, { sets = [] }]) => {
    const own = name.replace(/-(.)/g, (_, letter) => letter.toUpperCase());
    return [own, `${own}Bytes`, `${own}Ms`, ...sets].includes(option);
  });
  return found === undefined ? undefined : `--${found[0]}`;
}

/**
 * Writes an error in the words of the command line. A small letter comes first: the
 * text follows a name, a number or a colon.
 *
 * @param nameOf Gives the flag of an option of the library.
 * @returns One line, without a final period.
 */
export function errorText(
  error: unknown,
  nameOf: (option: string) => string | undefined = flagOf,
): string {
  return lowerFirst(
    error instanceof Failure
      ? error.text
      : hasParts(error)
      ? describeError(error, nameOf)
      : runtimeText(error),
  );
}

/**
 * A mistake of the caller has parts too, as a `TypeError` or a `RangeError`.
 */
function hasParts(error: unknown): error is ErrorParts {
  return error instanceof Error && "reason" in error &&
    typeof error.reason === "string";
}

/**
 * Writes only the reason of a failure, for a line that names action and address
 * itself.
 */
export function bareReason(error: unknown): string {
  if (!hasParts(error)) return errorText(error);
  const { advice, option, reason } = error;
  return lowerFirst(describeError({ advice, option, reason }, flagOf));
}

/**
 * The library's texts begin with a capital; text after `name:` does not. A name keeps
 * its own: Sec-WebSocket-Key, WebSocket, TLS.
 */
function lowerFirst(text: string): string {
  return /^[A-Z][a-z]*(?![-\w])/.test(text)
    ? text[0]!.toLowerCase() + text.slice(1)
    : text;
}
