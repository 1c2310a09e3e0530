/**
 * The fields of a line of a recording, each checked when it is read.
 *
 * @module
 */

import type { Side } from "../framing/framing.ts";
import { RecordingError } from "./recording_error.ts";

/** The fields of a line, before they are checked. */
export type Fields = Readonly<Record<string, unknown>>;

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The fields of a line; `undefined` if it is not a JSON object in UTF-8. */
export function fieldsOf(line: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(UTF8.decode(line));
    const isObject = typeof value === "object" && !Array.isArray(value);
    return isObject && value !== null ? value as Fields : undefined;
  } catch {
    // Neither UTF-8 nor JSON: the caller says so.
    return undefined;
  }
}

const ENCODER = new TextEncoder();

/** The bytes of a chunk. */
export function bytesOf(fields: Fields, number: number): Uint8Array {
  const { base64, text } = fields;
  if (typeof text === "string") {
    // Half of a surrogate pair stands for no bytes.
    if (text.isWellFormed()) return ENCODER.encode(text);
    throw malformed(number, `"text" is not well-formed Unicode`);
  }
  if (typeof base64 === "string") {
    try {
      return Uint8Array.fromBase64(base64);
    } catch (cause) {
      throw malformed(number, `"base64" is not base64`, cause);
    }
  }
  throw malformed(
    number,
    `it has neither "event", "fault", "text" nor "base64"`,
  );
}

/** The side that the bytes or the end of a line go to, if the line says so. */
export function direction(
  { to }: Fields,
  number: number,
): Side | undefined {
  if (to === undefined || to === "server" || to === "client") return to;
  throw malformed(number, `"to" is neither "server" nor "client"`);
}

/** The side of an event that needs one. */
export function known<T>(to: T | undefined, number: number): T {
  if (to !== undefined) return to;
  throw malformed(number, `"to" is missing; it is "server" or "client"`);
}

/** A whole number of at least 0, if the field is there. */
export function count(
  fields: Fields,
  name: string,
  number: number,
): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= 0) {
    return value as number;
  }
  throw malformed(number, `"${name}" is not a whole number`);
}

/** A string, if the field is there. */
export function text(
  fields: Fields,
  name: string,
  number: number,
): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === "string") return value;
  throw malformed(number, `"${name}" is not a string`);
}

/** Those of some strings that are there. */
export function optionalTexts<N extends string>(
  fields: Fields,
  number: number,
  names: readonly N[],
): { readonly [K in N]?: string } {
  const found: { [K in N]?: string } = {};
  for (const name of names) {
    const value = text(fields, name, number);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** The error of a line. */
export function malformed(
  number: number,
  reason: string,
  cause?: unknown,
): RecordingError {
  return new RecordingError("malformed", number, {
    reason: `line ${number} is malformed: ${reason}`,
    cause,
  });
}
