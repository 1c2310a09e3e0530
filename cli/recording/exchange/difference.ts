/**
 * Shows where two messages differ, in a few words.
 *
 * @module
 */

import { visible } from "../../output/visible.ts";

const BEFORE = 12;
const AFTER = 28;

/**
 * Finds the first byte at which two messages differ.
 *
 * @returns Its offset, or -1 if they are equal.
 */
export function firstDifference(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let at = 0; at < common; at++) {
    if (a[at] !== b[at]) return at;
  }
  return a.length === b.length ? -1 : common;
}

/**
 * Shows a part of a message, as text if it is text, otherwise with escapes.
 *
 * @param at The offset that is in it.
 * @returns The part in quotes, with dots where something is left out.
 */
export function excerpt(message: Uint8Array, at = 0): string {
  const begin = Math.max(0, at - BEFORE);
  const end = Math.min(message.length, at + AFTER);
  const shown = visible(wholeCharacters(message, begin, end));
  return `${begin > 0 ? "..." : ""}"${shown}"${
    end < message.length ? "..." : ""
  }`;
}

/** Not cut inside a character of UTF-8. */
function wholeCharacters(
  bytes: Uint8Array,
  begin: number,
  end: number,
): Uint8Array {
  let [from, to] = [begin, end];
  for (let i = 0; i < 3 && from > 0 && isInside(bytes[from]); i++) from--;
  for (let i = 0; i < 3 && to < bytes.length && isInside(bytes[to]); i++) to++;
  return bytes.subarray(from, to);
}

function isInside(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
