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
 * Nothing here needs Deno or a permission.
 *
 * @module
 */

export { pcapng, PcapngEncoder } from "./capture/pcapng.ts";
export { encodeEvent, encodeHead } from "./encode_event.ts";
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
export {
  type ConnectionTurns,
  type Turn,
  turnsOf,
  type TurnsOptions,
} from "./turns.ts";
