/**
 * How messages are typed and shown: as text, JSON, hexadecimal or base64. In other
 * formats they are only shown, see `views/`.
 *
 * @module
 */

import { visible } from "./visible.ts";
import { UsageError } from "./failure.ts";
import type { FormatName } from "./views/format_names.ts";
import { isView, type ViewName } from "./views/format_names.ts";

/** One way to type and show messages. */
export interface Format extends ShownFormat {
  /**
   * Turns what was typed into a message.
   *
   * @param typed One argument, or one line of input.
   * @throws {UsageError} If it is not in this format.
   */
  parse(typed: Uint8Array): Uint8Array;
}

/** One way to show messages. */
export interface ShownFormat {
  /**
   * Formats a message.
   *
   * @param at When it arrived.
   * @returns A line, without its end.
   */
  show(message: Uint8Array, at: Date): Uint8Array;
}

/**
 * Finds a format in which messages are typed and shown.
 *
 * @param toTerminal Whether the output is a terminal, which messages must not
 * drive.
 */
export function formatNamed(
  name: Exclude<FormatName, ViewName>,
  toTerminal: boolean,
): Format {
  switch (name) {
    case "text":
      return toTerminal ? VISIBLE_TEXT : TEXT;
    case "json":
      return JSON_LINES;
    case "hex":
      return HEX;
    case "base64":
      return BASE64;
  }
}

/** Finds what reads messages that are typed in a format; a view refuses them. */
export function parserOf(name: FormatName): Format["parse"] {
  if (!isView(name)) return formatNamed(name, false).parse;
  return () => {
    throw new UsageError(
      `--format ${name} is read-only, and no message can be typed in it; write for example: --format hex`,
    );
  };
}

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Exact bytes both ways.
const TEXT: Format = {
  parse: (typed) => typed,
  show: (message) => message,
};

const VISIBLE_TEXT: Format = {
  parse: (typed) => typed,
  // Line feeds and tabs are part of text and harmless.
  show: (message) => ENCODER.encode(visible(message, "\n\t")),
};

const JSON_LINES: Format = {
  parse(typed) {
    const value = asJson(typed);
    if (typeof value === "string") return ENCODER.encode(value);
    if (typeof value === "object" && value !== null) {
      const { message, base64 } = value as Record<string, unknown>;
      if (typeof message === "string") return ENCODER.encode(message);
      if (typeof base64 === "string") return fromBase64(base64);
    }
    throw new UsageError(
      'this JSON is not a message; write a string or {"message": "text"} or {"base64": "..."}, or use --format text to send JSON as it is',
    );
  },
  show(message, at) {
    const line = {
      ...jsonContent(message),
      bytes: message.length,
      at: at.toISOString(),
    };
    // JSON does not escape DEL and the C1 controls.
    const text = JSON.stringify(line).replace(
      /[\x7f-\x9f]/g,
      (char) => `\\u00${char.charCodeAt(0).toString(16)}`,
    );
    return ENCODER.encode(text);
  },
};

const HEX: Format = {
  parse(typed) {
    const digits = (asText(typed) ?? "?").replace(/[\s:]/g, "");
    if (digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits)) {
      return Uint8Array.fromHex(digits);
    }
    throw new UsageError(
      `${
        quoted(typed)
      } is not hexadecimal; write two digits per byte, such as 68656c6c6f or "68 65 6c 6c 6f"`,
    );
  },
  show: (message) => ENCODER.encode(message.toHex()),
};

const BASE64: Format = {
  parse(typed) {
    return fromBase64((asText(typed) ?? "?").replace(/\s/g, ""));
  },
  show: (message) => ENCODER.encode(message.toBase64()),
};

/** The fields of JSON that hold a message: its text, or its bytes in base64. */
export function jsonContent(
  message: Uint8Array,
): { readonly message: string | null; readonly base64?: string } {
  const content = asText(message);
  return content === undefined
    ? { message: null, base64: message.toBase64() }
    : { message: content };
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text);
  } catch (cause) {
    throw new UsageError(
      `${quoted(ENCODER.encode(text))} is not base64; write it as in aGVsbG8=`,
      { cause },
    );
  }
}

function asJson(typed: Uint8Array): unknown {
  try {
    return JSON.parse(DECODER.decode(typed));
  } catch (cause) {
    throw new UsageError(
      `${
        quoted(typed)
      } is not JSON; write a string such as "hello", or {"message": "hello"}`,
      { cause },
    );
  }
}

function asText(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    // Not text: the caller shows base64.
    return undefined;
  }
}

function quoted(typed: Uint8Array): string {
  // A byte order mark takes no space on the screen, and may be what is wrong.
  const shown = visible(typed.subarray(0, 40)).replaceAll("\ufeff", "\\ufeff");
  return `"${shown}${typed.length > 40 ? "..." : ""}"`;
}
