/**
 * Keeps a peer's bytes from driving the terminal: bytes that would move the
 * cursor, change the title or reverse text are shown as escapes.
 *
 * ```text
 * ESC [ 2 J          \x1b[2J
 * reversed text      \u202e
 * ```
 *
 * @module
 */

// C0 and C1 controls and DEL, the bidirectional overrides and isolates, and the
// invisible separators of lines and paragraphs.
const HARMFUL =
  // deno-lint-ignore no-control-regex -- they are what this is about
  /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

const SHORT: Readonly<Record<string, string>> = {
  "\t": "\\t",
  "\n": "\\n",
  "\r": "\\r",
};

/**
 * Escapes characters that could drive a terminal. The result is one line.
 *
 * @param keep Characters that stay as they are.
 * @returns The text with escapes in it.
 */
export function escapeControls(text: string, keep = ""): string {
  return text.replace(HARMFUL, (char) => {
    if (keep.includes(char)) return char;
    const code = char.charCodeAt(0);
    return SHORT[char] ??
      (code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`);
  });
}

/**
 * Escapes characters that could drive a terminal in JSON, with escapes that
 * JSON allows.
 *
 * @param json The text, of one line; its strings are escaped as JSON demands.
 * @returns The text, which means the same.
 */
export function escapeJson(json: string): string {
  return json.replace(HARMFUL, (char) => `\\u${hex(char.charCodeAt(0), 4)}`);
}

/** Writes a code in hexadecimal digits, at least as many as `digits`. */
export function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
