/**
 * Reads the lines of a recording, each by itself.
 *
 * @module
 */

import type { Side } from "../framing/framing.ts";
import {
  FORMAT,
  type RecordedEvent,
  type RecordingHead,
  VERSION,
} from "./event.ts";
import { RecordingError } from "./recording_error.ts";

// 31 years. Added to a date, it is a date still; and a pcapng counts it in 64 bits.
const MAX_SECONDS = 1e9;

/** The fields of a line, before they are checked. */
type Fields = Readonly<Record<string, unknown>>;

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
  const { t, event } = fields;
  if (typeof t !== "number" || t < 0) {
    throw malformed(number, `"t" is not a number of seconds`);
  }
  if (t > MAX_SECONDS) {
    throw malformed(number, `"t" is more than ${MAX_SECONDS} seconds`);
  }
  if (event === "finish") {
    const events = count(fields, "events", number) ?? 0;
    const skipped = count(fields, "skipped", number) ?? 0;
    return { t, event, events, skipped };
  }
  if (event === "lost") {
    return { t, event, events: count(fields, "events", number) };
  }
  const connection = count(fields, "connection", number) ?? 0;
  if (connection < 1) {
    throw malformed(number, `"connection" is not a whole number of at least 1`);
  }
  const on = { t, connection };
  const to = direction(fields, number);
  if (typeof fields["fault"] === "string") {
    const message = count(fields, "message", number);
    const offset = count(fields, "offset", number);
    return {
      ...on,
      to,
      fault: fields["fault"],
      message,
      ...offset === undefined ? {} : { offset },
    };
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

const OPEN = ["peer", "server"] as const;
const WHY = ["why"] as const;

const UTF8 = new TextDecoder("utf-8", { fatal: true });

function fieldsOf(line: Uint8Array): Fields | undefined {
  try {
    const value: unknown = JSON.parse(UTF8.decode(line));
    const isObject = typeof value === "object" && !Array.isArray(value);
    return isObject && value !== null ? value as Fields : undefined;
  } catch {
    // Neither UTF-8 nor JSON: the caller says so.
    return undefined;
  }
}

const ENCODER = new TextEncoder();

function bytesOf(fields: Fields, number: number): Uint8Array {
  const { base64, text } = fields;
  if (typeof text === "string") {
    // Half of a surrogate pair stands for no bytes.
    if (text.isWellFormed()) return ENCODER.encode(text);
    throw malformed(number, `"text" is not well-formed Unicode`);
  }
  if (typeof base64 === "string") {
    try {
      return Uint8Array.fromBase64(base64);
    } catch (cause) {
      throw malformed(number, `"base64" is not base64`, cause);
    }
  }
  throw malformed(
    number,
    `it has neither "event", "fault", "text" nor "base64"`,
  );
}

function direction(
  { to }: Fields,
  number: number,
): Side | undefined {
  if (to === undefined || to === "server" || to === "client") return to;
  throw malformed(number, `"to" is neither "server" nor "client"`);
}

function known<T>(to: T | undefined, number: number): T {
  if (to !== undefined) return to;
  throw malformed(number, `"to" is missing; it is "server" or "client"`);
}

function count(
  fields: Fields,
  name: string,
  number: number,
): number | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (Number.isSafeInteger(value) && (value as number) >= 0) {
    return value as number;
  }
  throw malformed(number, `"${name}" is not a whole number`);
}

function text(
  fields: Fields,
  name: string,
  number: number,
): string | undefined {
  const value = fields[name];
  if (value === undefined || typeof value === "string") return value;
  throw malformed(number, `"${name}" is not a string`);
}

function optionalTexts<N extends string>(
  fields: Fields,
  number: number,
  names: readonly N[],
): { readonly [K in N]?: string } {
  const found: { [K in N]?: string } = {};
  for (const name of names) {
    const value = text(fields, name, number);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function malformed(
  number: number,
  reason: string,
  cause?: unknown,
): RecordingError {
  return new RecordingError("malformed", number, {
    reason: `line ${number} is malformed: ${reason}`,
    cause,
  });
}
