/**
 * What is left out when two messages are compared: times, numbers, addresses.
 *
 * ```text
 * /\d\d:\d\d:\d\d/      what a regular expression matches
 * .headers.date         a member of JSON
 * .items[].id           a member of every element
 * ```
 *
 * @module
 */

import { TimeoutError } from "../../../lib/start.ts";
import { bounded } from "../../../lib/search/bounded_expression.ts";
import { readExpression } from "../../arguments/pattern.ts";
import { UsageError } from "../../output/failure.ts";

/** A step into JSON: the name of a member, the number of an element, or all of them. */
type Step = string | number | "all";

/** One thing that is left out. */
export type Ignored =
  | { readonly pattern: RegExp }
  | { readonly path: readonly Step[] };

/**
 * Reads an `--ignore`.
 *
 * @throws {UsageError} If it is neither a regular expression nor a path.
 */
export function parseIgnored(text: string): Ignored {
  const expression = readExpression(text);
  if (expression !== undefined) {
    return { pattern: new RegExp(expression, `g${expression.flags}`) };
  }
  const path = /^(\.[^.[\]]+|\.?\[\d*\])+$/.test(text)
    ? Array.from(text.matchAll(/\.([^.[\]]+)|\[(\d*)\]/g), stepOf)
    : [];
  if (path.length > 0) return { path };
  throw new UsageError(
    `"${text}" is neither a regular expression nor a path into JSON; write for example /\\d+ ms/, .date or .items[].id`,
  );
}

function stepOf([, name, index]: RegExpMatchArray): Step {
  if (name !== undefined) return name;
  return index === "" ? "all" : Number(index);
}

const ENCODER = new TextEncoder();
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Leaves out of a message what is ignored.
 *
 * @returns What is left, to be compared; the message itself if nothing is ignored.
 * @throws {UsageError} If a regular expression takes too long.
 */
export function withoutIgnored(
  message: Uint8Array,
  ignored: readonly Ignored[],
): Uint8Array {
  if (ignored.length === 0) return message;
  let text: string;
  try {
    text = UTF8.decode(message);
  } catch {
    // Not text: nothing is left out of it.
    return message;
  }
  const paths = ignored.flatMap((one) => "path" in one ? [one.path] : []);
  if (paths.length > 0) text = withoutPaths(text, paths);
  for (const one of ignored) {
    if ("pattern" in one) text = withoutMatches(text, one.pattern);
  }
  return ENCODER.encode(text);
}

function withoutMatches(text: string, pattern: RegExp): string {
  try {
    return bounded(pattern).replace(text, "");
  } catch (cause) {
    if (!(cause instanceof TimeoutError)) throw cause;
    throw new UsageError(
      `--ignore: messages cannot be compared without ${pattern}: ${cause.reason}`,
      { cause },
    );
  }
}

function withoutPaths(
  text: string,
  paths: readonly (readonly Step[])[],
): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not JSON: it has no such members.
    return text;
  }
  for (const path of paths) remove(value, path);
  return JSON.stringify(value);
}

function remove(value: unknown, [step, ...rest]: readonly Step[]): void {
  if (typeof value !== "object" || value === null || step === undefined) return;
  const holder = value as Record<string | number, unknown>;
  const keys = step === "all" && Array.isArray(value)
    ? [...value.keys()]
    : Object.hasOwn(holder, step)
    ? [step]
    : [];
  for (const key of keys) {
    if (rest.length > 0) remove(holder[key], rest);
    // An element stays, so that the numbers of the others do.
    else if (Array.isArray(value)) holder[key] = null;
    else delete holder[key];
  }
}
