/**
 * Bytes for people.
 *
 * @module
 */

/** Writes bytes in hexadecimal, with a space between two: `47 45 54`. */
export function spacedHex(bytes: Uint8Array): string {
  // Not toHex(), which Node 20 and 22 lack.
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join(" ");
}
