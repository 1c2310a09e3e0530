/**
 * Keeps a peer's bytes from driving the terminal: bytes that would move the
 * cursor, change the title or reverse text are shown as escapes.
 *
 * ```text
 * ESC [ 2 J          \x1b[2J
 * not UTF-8          \xff
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

/**
 * Shows bytes as text: UTF-8 as its characters, the rest as escapes.
 *
 * @param keep Control characters that stay as they are.
 */
export function visible(bytes: Uint8Array, keep = ""): string {
  const whole = decoded(bytes);
  if (whole !== undefined) return escapeControls(whole, keep);
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const first = bytes[at]!;
    const size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    const char = first < 0x80
      ? String.fromCharCode(first)
      : mayBegin(first, bytes[at + 1])
      ? decoded(bytes.subarray(at, at + size))
      : undefined;
    text += char ?? `\\x${hex(first, 2)}`;
    at += char === undefined ? 1 : size;
  }
  return escapeControls(text, keep);
}

/** Rules out most bytes that are not UTF-8; a decoder that throws is slower. */
function mayBegin(first: number, second = 0): boolean {
  return first >= 0xc2 && first <= 0xf4 && (second & 0xc0) === 0x80;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    // Not UTF-8: the caller shows escapes.
    return undefined;
  }
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
