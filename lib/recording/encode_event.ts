/**
 * Writes the lines of a recording.
 *
 * @module
 */

import {
  FORMAT,
  type RecordedEvent,
  type RecordingHead,
  VERSION,
} from "./event.ts";

/**
 * Writes the first line of a recording.
 *
 * @param head What to say.
 * @returns The line, with its line feed.
 *
 * @example A recording by hand
 * ```ts
 * import { encodeEvent, encodeHead } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new TextEncoder().encode("hello\n");
 * const recording = encodeHead({ at: new Date(0), by: "me", frameToServer: "line" }) +
 *   encodeEvent({ t: 0.25, connection: 1, to: "server", bytes });
 * assertEquals(
 *   recording,
 *   '{"format":"parley-recording","version":1,"at":"1970-01-01T00:00:00.000Z","by":"me","frameToServer":"line"}\n' +
 *     '{"t":0.250000,"connection":1,"to":"server","text":"hello\\n"}\n',
 * );
 * ```
 */
export function encodeHead(head: RecordingHead): string {
  const { at, by, frameToServer, frameToClient, listen, target } = head;
  return line({
    format: FORMAT,
    version: VERSION,
    at: at.toISOString(),
    by,
    frameToServer,
    frameToClient,
    listen,
    target,
  });
}

/**
 * Writes an event as a line of a recording.
 *
 * Bytes are written as `text` if they are UTF-8 without control characters other than
 * TAB, CR and LF, so that a recording can be read and searched. Other bytes are written
 * as `base64`.
 *
 * @param event What happened.
 * @returns The line, with its line feed.
 */
export function encodeEvent(event: RecordedEvent): string {
  const t = seconds(event.t);
  if (!("bytes" in event)) {
    const { t: _, ...rest } = event;
    return `{"t":${t},${line(rest).slice(1)}`;
  }
  const { bytes, connection, to } = event;
  const start = `{"t":${t},"connection":${connection},"to":"${to}",`;
  const text = textOf(bytes);
  return text === undefined
    ? `${start}"base64":"${bytes.toBase64()}"}\n`
    : `${start}"text":${text}}\n`;
}

function line(fields: Readonly<Record<string, unknown>>): string {
  return `${escaped(JSON.stringify(fields))}\n`;
}

/** Six decimals; `toFixed` takes three times as long. */
function seconds(t: number): string {
  const micros = Math.round(t * 1e6);
  const whole = Math.floor(micros / 1e6);
  return `${whole}.${String(micros - whole * 1e6).padStart(6, "0")}`;
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

// Most bytes that are not text show it here, and most messages are not longer.
const LOOKED_AT_BYTES = 256;

/** The bytes as a string of JSON, or `undefined` if they are to be base64. */
function textOf(bytes: Uint8Array): string | undefined {
  const kind = kindOf(bytes, Math.min(bytes.length, LOOKED_AT_BYTES));
  if (kind === "binary") return undefined;
  if (bytes.length <= LOOKED_AT_BYTES && kind === "ascii") {
    // Five times as fast as a decoder, for so few.
    return JSON.stringify(String.fromCharCode.apply(null, bytes as never));
  }
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    // Not UTF-8.
    return undefined;
  }
  const json = JSON.stringify(text);
  // Looking at each byte takes longer than all the rest, so only if need be.
  const isSuspect = SUSPECT.some((part) => json.includes(part));
  if (isSuspect && kindOf(bytes, bytes.length) === "binary") return undefined;
  return text.length === bytes.length ? json : escaped(json);
}

// How JSON writes control characters, and DEL as it is. A text can have the same after
// a backslash.
const SUSPECT = ["\\u00", "\\b", "\\f", "\x7f"];

/** Whether the first bytes have control characters, or only ASCII. */
function kindOf(
  bytes: Uint8Array,
  count: number,
): "binary" | "ascii" | "other" {
  let kind: "ascii" | "other" = "ascii";
  for (let at = 0; at < count; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7e) {
      if (byte === 0x7f) return "binary";
      kind = "other";
    } else if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13) {
      return "binary";
    }
  }
  return kind;
}

// What JSON does not escape and what could drive the terminal of a person who looks
// at the file: DEL, the C1 controls, and what changes the direction of text.
const HARMFUL = /[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function escaped(json: string): string {
  return json.replace(
    HARMFUL,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
