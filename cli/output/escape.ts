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

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
