/**
 * Recordings: what went over connections, read by read, in a file that people can
 * read, that survives a crash up to its last whole line, and that can be played back.
 *
 * ```text
 * {"format":"parley-recording","version":1,"at":"2026-11-26T08:00:00.123Z",...}
 * {"t":0.000412,"connection":1,"event":"open","peer":"tcp://127.0.0.1:51234"}
 * {"t":0.000598,"connection":1,"to":"server","text":"hello\n"}
 * {"t":0.001203,"connection":1,"to":"client","text":"HELLO\n"}
 * {"t":0.610200,"connection":1,"to":"server","event":"end"}
 * ```
 *
 * `parley-server` and `parley-client` make them with `--record FILE`. The format is
 * JSON Lines, version 1: fields may be added, and are never renamed. A reader ignores
 * fields that it does not know and refuses another version.
 *
 * What was recorded are reads, and a framing makes messages of them.
 *
 * @example The messages that went to the server
 * ```ts
 * import { FrameDecoder } from "@parley/parley/framing";
 * import { isChunk, RecordingReader } from "@parley/parley/recording";
 * import { assertEquals } from "@std/assert";
 *
 * const file = `{"format":"parley-recording","version":1,"at":"2026-11-26T08:00:00Z","frameToServer":"line"}
 * {"t":0.1,"connection":1,"to":"server","text":"hel"}
 * {"t":0.2,"connection":1,"to":"server","text":"lo\\n"}
 * {"t":0.3,"connection":1,"to":"client","text":"HELLO\\n"}
 * `;
 * const reader = new RecordingReader();
 * reader.push(new TextEncoder().encode(file)); // or, again and again, what a file gives
 *
 * const messages: string[] = [];
 * let decoder: FrameDecoder | undefined;
 * for (let event; (event = reader.next()) !== undefined;) {
 *   if (!isChunk(event) || event.to !== "server") continue;
 *   decoder ??= new FrameDecoder(reader.head!.frameToServer!);
 *   decoder.push(event.bytes);
 *   for (let m; (m = decoder.next()) !== undefined;) {
 *     messages.push(new TextDecoder().decode(m));
 *   }
 * }
 * assertEquals(messages, ["hello"]);
 * assertEquals(reader.end(), { lines: 4, isCutOff: false, isFinished: false });
 * ```
 *
 * Nothing here needs Deno or a permission.
 *
 * @module
 */

export { pcapng, PcapngEncoder } from "./capture/pcapng.ts";
export { encodeEvent, encodeHead } from "./encode_event.ts";
export { EventEncoder } from "./event_encoder.ts";
export { isChunk } from "./event.ts";
export type {
  RecordedChunk,
  RecordedClose,
  RecordedEnd,
  RecordedEvent,
  RecordedFault,
  RecordedOnConnection,
  RecordedOpen,
  RecordedRefusal,
  RecordedReset,
  RecordingFinish,
  RecordingGap,
  RecordingHead,
} from "./event.ts";
export { RecordingError, type RecordingErrorCode } from "./recording_error.ts";
export {
  DEFAULT_MAX_LINE_BYTES,
  type RecordingEnd,
  RecordingReader,
  type RecordingReaderOptions,
} from "./recording_reader.ts";
export { TurnCollector } from "./turn_collector.ts";
export {
  type ConnectionTurns,
  type Turn,
  turnsOf,
  type TurnsOptions,
} from "./turns.ts";
