/**
 * Shows bytes that may be no text: what is not UTF-8, and what could drive the
 * terminal, as escapes.
 *
 * ```text
 * ESC [ 2 J          \x1b[2J
 * not UTF-8          \xff
 * ```
 *
 * @module
 */

import { escapeControls, hex } from "./escape.ts";

/**
 * Shows bytes as text: UTF-8 as its characters, the rest as escapes.
 *
 * @param keep Control characters that stay as they are.
 */
export function visible(bytes: Uint8Array, keep = ""): string {
  if (isUtf8(bytes)) return escapeControls(UTF8.decode(bytes), keep);
  // An escape is longest for a single byte: four for one.
  const shown = new Uint8Array(4 * bytes.length);
  let end = 0;
  for (let at = 0; at < bytes.length;) {
    const size = characterSize(bytes, at);
    const code = size === 0 ? bytes[at]! : codePoint(bytes, at, size);
    const escape = size === 0 ? ESCAPES[code] : escapeOf(code, keep);
    if (escape === undefined) {
      for (let i = 0; i < size; i++) shown[end++] = bytes[at + i]!;
    } else {
      for (let i = 0; i < escape.length; i++) {
        shown[end++] = escape.charCodeAt(i);
      }
    }
    at += Math.max(size, 1);
  }
  return UTF8.decode(shown.subarray(0, end));
}

/** The escape of a character; `undefined` if it stays as it is. */
function escapeOf(code: number, keep: string): string | undefined {
  if (code >= 0x20 && code < 0x7f) return undefined;
  if (code < 0x80 && keep === "") return CONTROLS[code];
  const char = String.fromCodePoint(code);
  const escape = escapeControls(char, keep);
  return escape === char ? undefined : escape;
}

/**
 * How many bytes the character at a place has, 0 if no character of UTF-8 is there
 * (RFC 3629). Trying a decoder that throws takes a hundred times as long.
 */
function characterSize(bytes: Uint8Array, at: number): number {
  const first = bytes[at];
  if (first === undefined) return 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const second = bytes[at + 1] ?? 0;
  // No forms that are too long, no surrogates, nothing above U+10FFFF.
  const least = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (let i = 2; i < size; i++) {
    if (((bytes[at + i] ?? 0) & 0xc0) !== 0x80) return 0;
  }
  return size;
}

const ESCAPES = Array.from({ length: 256 }, (_, byte) => `\\x${hex(byte, 2)}`);

const CONTROLS = Array.from(
  { length: 128 },
  (_, code) => escapeControls(String.fromCharCode(code)),
);

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function isUtf8(bytes: Uint8Array): boolean {
  let at = 0;
  for (let size; (size = characterSize(bytes, at)) > 0;) at += size;
  return at === bytes.length;
}

/** The character at a place. */
function codePoint(bytes: Uint8Array, at: number, size: number): number {
  if (size === 1) return bytes[at]!;
  let code = bytes[at]! & (0x7f >> size);
  for (let i = 1; i < size; i++) code = (code << 6) | (bytes[at + i]! & 0x3f);
  return code;
}
