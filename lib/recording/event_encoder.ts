/**
 * Writes events as bytes, for programs that record many.
 *
 * @module
 */

import type { RecordedChunk, RecordedEvent } from "./event.ts";
import { MOST_TIMES, writeJsonText } from "./json_text.ts";
import { escapedLine } from "./escaped_line.ts";

const UTF8 = new TextEncoder();

// All of a line but its bytes: the largest time and number have 16 digits each.
const AROUND_BYTES = 128;

// From here the platform's encoder beats a loop.
const LONG_TEXT = 64;

/**
 * Writes events as lines of a recording, as {@linkcode encodeEvent} does, in a third of
 * the time.
 *
 * @example The lines of two events
 * ```ts
 * import { EventEncoder } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const encoder = new EventEncoder();
 * const bytes = new TextEncoder().encode("hello\n");
 * const line = encoder.encode({ t: 0.25, connection: 1, to: "server", bytes });
 * assertEquals(
 *   new TextDecoder().decode(line),
 *   '{"t":0.250000,"connection":1,"to":"server","text":"hello\\n"}\n',
 * );
 * ```
 */
export class EventEncoder {
  #line = new Uint8Array(0);

  /**
   * Writes an event.
   *
   * @param event What happened.
   * @returns The line with its line feed, valid until the next call.
   */
  encode(event: RecordedEvent): Uint8Array {
    if ("bytes" in event) return this.#chunk(event);
    const { t, ...rest } = event;
    return UTF8.encode(`{"t":${seconds(t)},${escapedLine(rest).slice(1)}`);
  }

  #chunk({ bytes, connection, t, to }: RecordedChunk): Uint8Array {
    const most = AROUND_BYTES + MOST_TIMES * bytes.length;
    if (this.#line.length < most) {
      this.#line = new Uint8Array(Math.max(most, 2 * this.#line.length));
    }
    const line = this.#line;
    const start = `{"t":${seconds(t)},"connection":${connection},"to":"${to}",`;
    const from = writeAscii(start, line, 0);
    let at = writeJsonText(bytes, line, writeAscii('"text":', line, from));
    if (at === -1) {
      at = writeAscii('"base64":"', line, from);
      at = writeAscii(bytes.toBase64(), line, at);
      at = writeAscii('"', line, at);
    }
    return line.subarray(0, writeAscii("}\n", line, at));
  }
}

/** Six decimals; `toFixed` takes three times as long. */
function seconds(t: number): string {
  const micros = Math.round(t * 1e6);
  const whole = Math.floor(micros / 1e6);
  return `${whole}.${String(micros - whole * 1e6).padStart(6, "0")}`;
}

/** Writes a text; gives where it ends. */
function writeAscii(text: string, to: Uint8Array, at: number): number {
  const { length } = text;
  if (length > LONG_TEXT) UTF8.encodeInto(text, to.subarray(at));
  else for (let i = 0; i < length; i++) to[at + i] = text.charCodeAt(i);
  return at + length;
}
