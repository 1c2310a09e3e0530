/**
 * Writes fields as a line that is safe to look at.
 *
 * @module
 */

// What JSON does not escape and what could drive the terminal of a person who looks
// at the file: DEL, the C1 controls, and what changes the direction of text.
const HARMFUL = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Writes fields as JSON, with a line feed. */
export function escapedLine(fields: Readonly<Record<string, unknown>>): string {
  const json = JSON.stringify(fields).replace(
    HARMFUL,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `${json}\n`;
}
