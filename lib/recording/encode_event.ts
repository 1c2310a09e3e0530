/**
 * Writes the lines of a recording.
 *
 * @module
 */

import { escapedLine } from "./escaped_line.ts";
import {
  FORMAT,
  type RecordedEvent,
  type RecordingHead,
  VERSION,
} from "./event.ts";
import { EventEncoder } from "./event_encoder.ts";

const UTF8 = new TextDecoder();

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
  return escapedLine({
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
 * @returns The line, with its line feed. A program that records many events is quicker
 * with an {@linkcode EventEncoder}.
 */
export function encodeEvent(event: RecordedEvent): string {
  return UTF8.decode(new EventEncoder().encode(event));
}
