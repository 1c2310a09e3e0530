/**
 * How bytes are written inside a framing's string.
 *
 * ```text
 * \n  \r  \t  \0  \\  \,  \|   line feed, return, tab, zero, and these characters
 * \xHH                         any byte, as two hexadecimal digits
 * ```
 *
 * @module
 */

import { OptionTypeError, outOfRange } from "../../check.ts";

const LETTERS: Readonly<Record<string, number>> = {
  n: 10,
  r: 13,
  t: 9,
  "0": 0,
  "\\": 0x5c,
  ",": 0x2c,
  "|": 0x7c,
};

const NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(LETTERS).map(([letter, value]) => [value, `\\${letter}`]),
);

/**
 * Writes bytes so that {@linkcode unescape} reads them back.
 *
 * @returns Printable ASCII.
 */
export function escape(bytes: Uint8Array): string {
  let text = "";
  for (const value of bytes) {
    text += NAMES.get(value) ??
      (value >= 0x20 && value < 0x7f
        ? String.fromCharCode(value)
        : `\\x${value.toString(16).padStart(2, "0")}`);
  }
  // Between framings it is the word of a sequence.
  return text.replaceAll(" then ", "\\x20then\\x20");
}

/**
 * Reads bytes written with escapes; other characters stand for their UTF-8.
 *
 * @throws {TypeError} If it holds an unknown escape.
 */
export function unescape(text: string): Uint8Array {
  const utf8 = new TextEncoder();
  const bytes: number[] = [];
  for (let at = 0; at < text.length;) {
    if (text[at] !== "\\") {
      const next = text.indexOf("\\", at);
      const end = next === -1 ? text.length : next;
      bytes.push(...utf8.encode(text.slice(at, end)));
      at = end;
      continue;
    }
    const hex = /^\\x([0-9a-f]{2})/i.exec(text.slice(at, at + 4));
    const letter = LETTERS[text[at + 1] ?? ""];
    if (hex !== null) bytes.push(Number.parseInt(hex[1]!, 16));
    else if (letter !== undefined) bytes.push(letter);
    else {
      throw new OptionTypeError({
        action: `read escape "${text.slice(at, at + 2)}"`,
        reason:
          "it must be one of \\n \\r \\t \\0 \\\\ \\, \\| or \\x and two hexadecimal digits",
      });
    }
    at += hex === null ? 2 : 4;
  }
  return Uint8Array.from(bytes);
}

/**
 * Splits at commas, or another character, that are not escaped.
 *
 * @returns The parts, their escapes still in them; at least one.
 */
export function splitParts(
  text: string,
  separator: "," | "|" = ",",
): string[] {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === separator) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * Checks an option that is one byte.
 *
 * @param name The option's name, for the message.
 * @param value The byte as a number, or as one character below 128.
 * @returns The byte, 0 to 255.
 * @throws {RangeError} If it is neither.
 */
export function byteOf(name: string, value: number | string): number {
  const byte = typeof value === "number"
    ? value
    : value.length === 1 && value < "\x80"
    ? value.charCodeAt(0)
    : -1;
  if (Number.isInteger(byte) && byte >= 0 && byte <= 255) return byte;
  throw outOfRange(
    name,
    value,
    "one byte, as a number from 0 to 255 or one ASCII character",
  );
}
