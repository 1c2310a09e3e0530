/**
 * Reads the lines of a recording, each by itself.
 *
 * @module
 */

import {
  FORMAT,
  type RecordedEvent,
  type RecordingHead,
  VERSION,
} from "./event.ts";
import {
  bytesOf,
  count,
  direction,
  type Fields,
  fieldsOf,
  known,
  malformed,
  optionalTexts,
  text,
} from "./fields.ts";
import { RecordingError } from "./recording_error.ts";

const OPEN = ["peer", "server"] as const;
const WHY = ["why"] as const;

// 31 years. Added to a date, it is a date still; and a pcapng counts it in 64 bits.
const MAX_SECONDS = 1e9;

/**
 * Reads the first line.
 *
 * @throws {RecordingError} If it is not the first line of a recording, or of a
 * version that cannot be read.
 */
export function parseHead(line: Uint8Array): RecordingHead {
  const fields = fieldsOf(line);
  if (fields?.["format"] !== FORMAT) {
    throw new RecordingError("not_a_recording", 1, {
      reason: `its first line is not {"format":"${FORMAT}",...}`,
      advice: "make a recording with --record FILE",
    });
  }
  const { version } = fields;
  if (version !== VERSION) {
    throw new RecordingError("version", 1, {
      reason: `it is version ${
        JSON.stringify(version)
      } of ${FORMAT}, and this program reads version ${VERSION}`,
      advice: "use the program that made it, or a newer one",
    });
  }
  const at = new Date(String(fields["at"]));
  if (Number.isNaN(at.getTime())) {
    throw malformed(1, `"at" is not a time such as 2026-11-26T08:00:00.123Z`);
  }
  return {
    at,
    by: text(fields, "by", 1) ?? "",
    ...optionalTexts(fields, 1, [
      "frameToServer",
      "frameToClient",
      "listen",
      "target",
    ]),
  };
}

/**
 * Reads any other line.
 *
 * @param number The line's number, for errors.
 * @returns The event, or `undefined` for one that this version does not know.
 * @throws {RecordingError} If the line is malformed.
 */
export function parseEvent(
  line: Uint8Array,
  number: number,
): RecordedEvent | undefined {
  const fields = fieldsOf(line);
  if (fields === undefined) {
    throw malformed(number, "it is not a JSON object");
  }
  const t = secondsOf(fields, number);
  return eventOfAll(fields, t, number) ??
    eventOfConnection(fields, t, number);
}

function secondsOf({ t }: Fields, number: number): number {
  if (typeof t !== "number" || t < 0) {
    throw malformed(number, `"t" is not a number of seconds`);
  }
  if (t > MAX_SECONDS) {
    throw malformed(number, `"t" is more than ${MAX_SECONDS} seconds`);
  }
  return t;
}

/** An event of the whole recording. */
function eventOfAll(
  fields: Fields,
  t: number,
  number: number,
): RecordedEvent | undefined {
  const { event } = fields;
  if (event !== "finish" && event !== "lost") return undefined;
  const events = count(fields, "events", number);
  if (event === "lost") return { t, event, events };
  const skipped = count(fields, "skipped", number) ?? 0;
  return { t, event, events: events ?? 0, skipped };
}

/** An event of one connection; `undefined` if it is unknown. */
function eventOfConnection(
  fields: Fields,
  t: number,
  number: number,
): RecordedEvent | undefined {
  const { event, fault } = fields;
  const connection = count(fields, "connection", number) ?? 0;
  if (connection < 1) {
    throw malformed(number, `"connection" is not a whole number of at least 1`);
  }
  const on = { t, connection };
  const to = direction(fields, number);
  if (typeof fault === "string") {
    const message = count(fields, "message", number);
    const offset = count(fields, "offset", number);
    const at = offset === undefined ? {} : { offset };
    return { ...on, to, fault, message, ...at };
  }
  switch (event) {
    case undefined:
      return { ...on, to: known(to, number), bytes: bytesOf(fields, number) };
    case "open":
      return { ...on, event, ...optionalTexts(fields, number, OPEN) };
    case "end":
      return { ...on, to: known(to, number), event };
    case "reset":
      return to === undefined ? { ...on, event } : { ...on, to, event };
    case "refused":
      return { ...on, event, ...optionalTexts(fields, number, WHY) };
    case "close": {
      const toServer = count(fields, "toServer", number);
      const toClient = count(fields, "toClient", number);
      const why = text(fields, "why", number);
      return { ...on, event, why, toServer, toClient };
    }
    default:
      // A later program of the same version may know more events.
      return undefined;
  }
}
