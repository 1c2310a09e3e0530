/**
 * Reads what one side did in a recording, and keeps nothing else of it.
 *
 * @module
 */

import type { Framing, Side } from "../../../lib/framing/mod.ts";
import {
  type ConnectionTurns,
  type RecordedEvent,
  type RecordingHead,
  TurnCollector,
} from "../../../lib/recording/mod.ts";
import type { Log } from "../../output/log.ts";
import type { Input } from "../../terminal/terminal.ts";
import { type FrameValues, framingTo } from "./frame_options.ts";
import { CONNECTION_BYTES, EVENT_BYTES, Kept } from "./kept.ts";
import { readRecording } from "./load_recording.ts";

/** What is read. */
export interface TurnsWanted {
  /** The side that is to be played. */
  readonly side: Side;
  /** Whether an event is of a connection that is to be played. */
  readonly isWanted: (event: RecordedEvent) => boolean;
  readonly options: FrameValues;
  readonly input: Input;
  readonly log: Log;
}

/** What one side did. */
export interface ReadTurns {
  readonly connections: readonly ConnectionTurns[];
  /** The framing of what it received, if there is one. */
  readonly framing: Framing | undefined;
  readonly head: RecordingHead;
}

/**
 * Reads what one side did.
 *
 * @throws {Failure} If the recording cannot be read, or is too large to be kept.
 */
export async function readTurns(
  path: string,
  { input, isWanted, log, options, side }: TurnsWanted,
): Promise<ReadTurns> {
  const kept = new Kept(path);
  let begun: Omit<ReadTurns, "connections"> | undefined;
  let collector: TurnCollector | undefined;
  const sink = {
    head(head: RecordingHead) {
      const framing = framingTo(side, options, head, log);
      const maxMessageBytes = options["max-message"];
      begun = { framing, head };
      collector = new TurnCollector(side, { framing, maxMessageBytes });
    },
    event(event: RecordedEvent) {
      if (isWanted(event)) collect(event, collector!, kept);
    },
  };
  await readRecording(path, sink, input, log);
  return { ...begun!, connections: collector!.end() };
}

function collect(
  event: RecordedEvent,
  collector: TurnCollector,
  kept: Kept,
): void {
  const before = collector.connections;
  let bytes = EVENT_BYTES;
  if ("bytes" in event) {
    collector.add({ ...event, bytes: kept.bytes(event.bytes) });
    bytes += event.bytes.length;
  } else collector.add(event);
  const { connections } = collector;
  if (connections > before) bytes += CONNECTION_BYTES.played;
  kept.count(bytes, connections);
}
