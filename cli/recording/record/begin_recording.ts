/**
 * Begins what `--record` and `--pcapng` ask for. Loaded only if they are given.
 *
 * @module
 */

import type { Connection } from "../../../mod.ts";
import type { Side } from "../../../lib/framing/mod.ts";
import type { DatagramEndpoint } from "../../../lib/session/datagrams/mod.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { RecordValues } from "./record_options.ts";
import { recording } from "./recorded_connection.ts";
import { recordingDatagrams } from "./recorded_endpoint.ts";
import { type Recorded, Recorder } from "./recorder.ts";

/** A recording that was begun, by what a program does with it. */
export class Recording {
  /** Writes its events. */
  readonly recorder: Recorder;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
  }

  /**
   * Makes the function that records connections.
   *
   * @param side The side that this program is.
   * @param view What else comes between a connection and its messages. It is below:
   * what it cuts is recorded as it was cut.
   */
  wrap(
    side: Side,
    view?: (connection: Connection) => Connection,
  ): (connection: Connection) => Connection {
    const wrap = recording(this.recorder, side);
    return (connection) => wrap(view?.(connection) ?? connection);
  }

  /**
   * Makes the function that records datagrams.
   *
   * @param side The side that this program is.
   */
  wrapDatagrams(side: Side): (endpoint: DatagramEndpoint) => DatagramEndpoint {
    return recordingDatagrams(this.recorder, side);
  }
}

/**
 * Begins to record.
 *
 * @param what What the recording says about the program.
 * @param log For one line if a file cannot be written later.
 * @throws {Failure} With code 9 if a file cannot be written at all.
 */
export async function beginRecording(
  options: RecordValues,
  what: Recorded,
  terminal: Pick<Terminal, "elapsedMs" | "now">,
  log: Log,
): Promise<Recording> {
  return new Recording(await Recorder.begin(options, what, terminal, log));
}
