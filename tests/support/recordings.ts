/**
 * Reads recordings in tests.
 *
 * @module
 */

import {
  type RecordedEvent,
  type RecordingEnd,
  type RecordingHead,
  RecordingReader,
} from "@parley/parley/recording";

/** A recording that was read. */
export interface ReadRecording {
  readonly head: RecordingHead;
  readonly events: readonly RecordedEvent[];
  readonly end: RecordingEnd;
}

/** Reads a recording from a file. */
export async function readRecording(path: string): Promise<ReadRecording> {
  const reader = new RecordingReader();
  reader.push(await Deno.readFile(path));
  const events: RecordedEvent[] = [];
  for (let event; (event = reader.next()) !== undefined;) events.push(event);
  return { head: reader.head!, events, end: reader.end() };
}

/** What went to a side of a connection, as text. */
export function textTo(
  side: "client" | "server",
  events: readonly RecordedEvent[],
  connection = 1,
): string {
  const decoder = new TextDecoder();
  return events.map((event) =>
    "bytes" in event && event.to === side && event.connection === connection
      ? decoder.decode(event.bytes, { stream: true })
      : ""
  ).join("");
}

/**
 * What happened, in a few words: `to server 5`, `end to client`, `open`.
 */
export function summaryOf(events: readonly RecordedEvent[]): string[] {
  return events.map((event) => {
    if ("bytes" in event) return `${event.bytes.length} to ${event.to}`;
    if ("fault" in event) return `fault ${event.fault}`;
    const to = "to" in event && event.to !== undefined ? ` to ${event.to}` : "";
    const why = "why" in event ? ` by ${event.why}` : "";
    return `${event.event}${to}${why}`;
  });
}
