/**
 * The bytes of short texts, without memory of their own.
 *
 * @module
 */

const UTF8 = new TextEncoder();
// Bodies up to here are copied behind their heads. An array for each took longer
// than to encode and to copy it.
const SHARED = new Uint8Array(4 * 1024);
// A character is up to three bytes.
const MOST_SHARED = Math.floor(SHARED.length / 3);
// A call of the encoder costs more than so many characters.
const SHORT_TEXT = 128;

/**
 * Encodes a text as UTF-8.
 *
 * @returns The bytes. They are valid until the next call: copy what you keep.
 */
export function textBytes(text: string): Uint8Array {
  const { length } = text;
  if (length > MOST_SHARED) return UTF8.encode(text);
  const size = length <= SHORT_TEXT && isAsciiInShared(text)
    ? length
    : UTF8.encodeInto(text, SHARED).written;
  // Two thirds of the time of subarray().
  return new Uint8Array(SHARED.buffer, 0, size);
}

/** Puts a text into the shared memory, if it is ASCII. */
function isAsciiInShared(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) return false;
    SHARED[i] = code;
  }
  return true;
}
