/**
 * Which bytes are allowed where (RFC 9110 section 5.6, RFC 9112 sections 2 to
 * 5).
 *
 * @module
 */

/** A tchar: part of a method, a field name, a parameter's name. */
export const TOKEN = 1;
/** Printable ASCII except `#`: part of a request target. */
export const TARGET = 2;
/** Part of a field value or a reason phrase: HTAB, SP, printable, 80 to FF. */
export const TEXT = 4;
/** Part of `Host`: a name, an address, a port (RFC 3986 section 3.2.2). */
export const HOST = 8;

/** What each byte may be part of; a sum of the constants above. */
export const KINDS: Uint8Array = new Uint8Array(256);

for (let code = 0; code < 256; code++) {
  const character = String.fromCharCode(code);
  let kinds = 0;
  if (/[A-Za-z0-9!#$%&'*+.^_`|~-]/.test(character)) kinds |= TOKEN;
  if (/[!-~]/.test(character) && character !== "#") kinds |= TARGET;
  if (/[\t\x20-\x7e\x80-\xff]/.test(character)) kinds |= TEXT;
  if (/[A-Za-z0-9._~!$&'()*+,;=:%[\]-]/.test(character)) kinds |= HOST;
  KINDS[code] = kinds;
}

/**
 * Finds where a run of characters of a kind ends.
 *
 * @param text The text; each character stands for a byte.
 * @param start Where the run begins.
 * @param end Where to stop looking.
 * @returns Position of the first character of another kind, or `end`.
 */
export function endOf(
  text: string,
  kind: number,
  start: number,
  end: number,
): number {
  let at = start;
  // A character above FF has no entry, and is of no kind.
  while (at < end && (KINDS[text.charCodeAt(at)]! & kind) !== 0) at++;
  return at;
}

/** Tells whether a text is one or more characters of a kind. */
export function isAll(text: string, kind: number): boolean {
  return text.length > 0 && endOf(text, kind, 0, text.length) === text.length;
}

const ASCII = new TextDecoder();

/**
 * Makes a text out of bytes, each byte one character (ISO 8859-1).
 *
 * @param isAscii Whether all bytes are at most 7F, which is ten times faster.
 */
export function latin1(bytes: Uint8Array, isAscii: boolean): string {
  if (isAscii) return ASCII.decode(bytes);
  // The platform's decoder of that name reads 80 to 9F as windows-1252.
  let text = "";
  for (let i = 0; i < bytes.length; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

/**
 * Makes bytes out of a text, each character one byte (ISO 8859-1).
 *
 * @param text The text; no character is above FF.
 */
export function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
