/**
 * Writes messages as a script writes them, so that what came can be copied into
 * `expect`.
 *
 * @module
 */

const MOST_CHARACTERS = 200;
const MOST_BYTES = 64;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Reads UTF-8; `undefined` if the bytes are something else. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

// They would be read as something other than the text.
const READ_OTHERWISE =
  /^["/]|^(text|hex|base64|file|json|any|end|reset)\b|^\s|\s$|\{\{/;

/**
 * Writes a message as a value of a script, with dots where much is left out.
 *
 * @returns The rest of a line, a JSON string, or `hex ...`.
 */
export function writtenValue(message: Uint8Array): string {
  // No character has more than four bytes.
  const begin = message.subarray(0, 4 * MOST_CHARACTERS);
  const text = utf8Of(begin.length < message.length ? whole(begin) : begin);
  if (text === undefined) return writtenHex(message);
  // The cut may leave the first half of a character.
  const shown = text.slice(0, MOST_CHARACTERS).replace(/[\ud800-\udbff]$/, "");
  const dots = shown.length < text.length || begin.length < message.length
    ? "..."
    : "";
  // Some characters are invisible without being control characters.
  const isPlain = shown !== "" &&
    !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(shown) &&
    !READ_OTHERWISE.test(shown);
  return `${isPlain ? shown : jsonString(shown)}${dots}`;
}

/** Without the bytes of a character that was cut off at the end. */
function whole(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  for (let i = 0; i < 3 && (bytes[end - 1]! & 0xc0) === 0x80; i++) end--;
  return bytes.subarray(0, bytes[end - 1]! >= 0xc0 ? end - 1 : bytes.length);
}

function jsonString(text: string): string {
  const invisible = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;
  const escape = (char: string) =>
    char.split("").map((unit) =>
      `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`
    ).join("");
  return JSON.stringify(text).replace(invisible, escape)
    // A name in braces would be replaced.
    .replaceAll("{{", "\\u007b{");
}

function writtenHex(message: Uint8Array): string {
  const digits = Array.from(
    message.subarray(0, MOST_BYTES),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return `hex ${digits.join(" ")}${message.length > MOST_BYTES ? " ..." : ""}`;
}
