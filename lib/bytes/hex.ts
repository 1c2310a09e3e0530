/**
 * Bytes for people.
 *
 * @module
 */

/** Writes bytes in hexadecimal, with a space between two: `47 45 54`. */
export function spacedHex(bytes: Uint8Array): string {
  return bytes.toHex().replace(/..(?=.)/g, "$& ");
}
