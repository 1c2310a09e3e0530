/**
 * Starts the recording that `--record` and `--pcapng` ask for. Loaded only if they are given.
 *
 * @module
 */

import type { Address, Connection } from "../../../mod.ts";
import type { Side } from "../../../lib/framing/mod.ts";
import type { DatagramEndpoint } from "../../../lib/session/datagrams/mod.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { RecordValues } from "./record_options.ts";
import { recordedConnection } from "./recorded_connection.ts";
import { RecordedEndpoint } from "./recorded_endpoint.ts";
import type { Strike } from "./connection_record.ts";
import { type Recorded, Recorder } from "./recorder.ts";

/** The faults of one connection. The recorder stands between them. */
export interface BrokenConnection {
  /** Strikes what is received. */
  incoming(connection: Connection): Connection;
  /** Strikes what is sent. */
  outgoing(connection: Connection): Connection;
  /** Says where strikes are recorded. */
  recordBy(record: (strike: Strike) => void): void;
}

/** The faults of a socket of datagrams. */
export interface BrokenEndpoint {
  /** Strikes what is received. */
  incoming(endpoint: DatagramEndpoint): DatagramEndpoint;
  /** Strikes what is sent. */
  outgoing(endpoint: DatagramEndpoint): DatagramEndpoint;
  /** Says where strikes are recorded. */
  recordBy(record: (strike: Strike, peer: Address) => void): void;
}

/** A recording that is running, as a program uses it. */
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
   * @param faultsOf Makes the faults of one connection. What is recorded is what was
   * received and sent with them.
   */
  wrap(
    side: Side,
    view?: (connection: Connection) => Connection,
    faultsOf?: () => BrokenConnection,
  ): (connection: Connection) => Connection {
    return (connection) => {
      const seen = view?.(connection) ?? connection;
      const faults = faultsOf?.();
      const received = faults?.incoming(seen) ?? seen;
      const recorded = recordedConnection(received, this.recorder, side);
      faults?.recordBy((strike) => recorded.strike(strike));
      return faults?.outgoing(recorded) ?? recorded;
    };
  }

  /**
   * Makes the function that records datagrams.
   *
   * @param side The side that this program is.
   * @param faults Their faults.
   */
  wrapDatagrams(
    side: Side,
    faults?: BrokenEndpoint,
  ): (endpoint: DatagramEndpoint) => DatagramEndpoint {
    return (endpoint) => {
      const received = faults?.incoming(endpoint) ?? endpoint;
      const recorded = new RecordedEndpoint(received, this.recorder, side);
      faults?.recordBy((strike, peer) => recorded.strike(strike, peer));
      return faults?.outgoing(recorded) ?? recorded;
    };
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
