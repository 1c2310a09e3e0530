/**
 * Values as text on one line: JSON, and CBOR's diagnostic notation (RFC 8949,
 * section 8) for what JSON has no form for.
 *
 * @module
 */

import { ProtocolError } from "../../../mod.ts";
import { escapeJson } from "../escape.ts";

/**
 * How deep values may be nested. Each level is a call, and no program that people
 * look at nests deeper.
 */
export const MOST_LEVELS = 100;

/** Writes text in quotation marks. */
export function quoted(text: string): string {
  return escapeJson(JSON.stringify(text));
}

/** Writes bytes. */
export function bytes(value: Uint8Array): string {
  return `h'${value.toHex()}'`;
}

/** Writes a number with a decimal point, as it is not an integer. */
export function float(value: number): string {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** Writes a list. */
export function list(items: readonly string[]): string {
  return `[${items.join(", ")}]`;
}

/** Writes fields or entries, each of a key and a value. */
export function entries(
  pairs: readonly (readonly [key: string, value: string])[],
): string {
  return `{${pairs.map(([key, value]) => `${key}: ${value}`).join(", ")}}`;
}

/**
 * Makes the error of a message that cannot be shown.
 *
 * @param reason Why not, as in "it ends inside of a value".
 */
export function malformed(reason: string): ProtocolError {
  return new ProtocolError("malformed", { reason });
}

/** Refuses to go deeper than {@linkcode MOST_LEVELS}. */
export function checkLevel(level: number): void {
  if (level <= MOST_LEVELS) return;
  throw malformed(`values are nested deeper than ${MOST_LEVELS} levels`);
}
