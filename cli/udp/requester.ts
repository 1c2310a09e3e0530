/**
 * What it means to ask over UDP, be it one machine or many.
 *
 * @module
 */

import { everyInterfaceFor } from "../../lib/core.ts";
import type { Address } from "../../mod.ts";
import {
  bindUdp,
  type DatagramSocket,
} from "../../lib/session/datagrams/mod.ts";
import type { ClientCommand } from "../client/client_command.ts";
import { REPLY_TIMEOUT_MS } from "../client/client_option_table.ts";
import { formatDuration } from "../arguments/durations.ts";
import type { Log } from "../output/log.ts";
import type { Recording } from "../recording/record/begin_recording.ts";

/** What went over all sockets of a client. */
export interface Totals {
  bytesIn: number;
  bytesOut: number;
  datagramsIn: number;
  datagramsOut: number;
  /** How often a message was sent again because no reply came in time. */
  resent: number;
  /** Replies beyond one for each message. */
  extra: number;
}

/** Asks and shows the replies. */
export interface Requester extends AsyncDisposable {
  /**
   * Asks.
   *
   * @param show Shows a reply.
   * @throws {Failure} If there is none.
   */
  request(
    message: Uint8Array,
    show: (reply: Uint8Array) => void,
  ): Promise<void>;
}

/** Opens sockets to ask with, and counts what goes over them. */
export class RequestSockets {
  /** What went over those that are closed. */
  readonly totals: Totals = {
    bytesIn: 0,
    bytesOut: 0,
    datagramsIn: 0,
    datagramsOut: 0,
    resent: 0,
    extra: 0,
  };
  readonly #command: ClientCommand;
  readonly #log: Log;
  readonly #recording: Recording | undefined;

  constructor(
    command: ClientCommand,
    log: Log,
    recording: Recording | undefined,
  ) {
    this.#command = command;
    this.#log = log;
    this.#recording = recording;
  }

  /** How long to wait for replies after each attempt. */
  get timeoutMs(): number {
    const { given, options } = this.#command;
    return given.has("timeout") ? options.timeout : REPLY_TIMEOUT_MS;
  }

  /**
   * Opens a socket on a port of its own.
   *
   * @returns The socket, to be given to {@linkcode RequestSockets.close}.
   */
  open(): DatagramSocket {
    const { address, options } = this.#command;
    const socket = bindUdp(placeFor(address, options.interface), {
      maxMessageBytes: options["max-message"],
      multicastLoopback: !options["no-loopback"],
      onEvent: (event) => {
        if (event.type === "resent") this.resent(event.attempt);
      },
      wrap: this.#recording?.wrapDatagrams("client"),
    });
    if (this.#log.options.verbose) {
      const [to, from] = [String(address), String(socket.address)];
      this.#log.now(
        { event: "bound", address: to, from },
        `asking ${to} from ${from}`,
      );
    }
    return socket;
  }

  /**
   * Counts that a message is sent again, and says so with `--verbose`.
   *
   * @param attempt Which attempt begins, 2 for the first one after the first.
   */
  resent(attempt: number): void {
    this.totals.resent++;
    if (!this.#log.options.verbose) return;
    const { address, options: { attempts } } = this.#command;
    const waited = formatDuration(this.timeoutMs);
    this.#log.now(
      { event: "resent", address: String(address), attempt, attempts },
      `no reply within ${waited}; sending again, attempt ${attempt} of ${attempts}`,
    );
  }

  /** Closes a socket and counts what went over it. */
  async close(socket: DatagramSocket): Promise<void> {
    await socket.close();
    const { stats } = socket;
    this.totals.bytesIn += stats.bytesIn;
    this.totals.bytesOut += stats.bytesOut;
    this.totals.datagramsIn += stats.datagramsIn;
    this.totals.datagramsOut += stats.datagramsOut;
  }
}

/** Where replies are received: on the loopback alone if that is where they come from. */
function placeFor({ hostname }: Address, from: string | undefined): string {
  if (from !== undefined) {
    return from.includes(":") ? `udp://[${from}]:0` : `udp://${from}:0`;
  }
  if (/^127\./.test(hostname)) return "udp://127.0.0.1:0";
  if (hostname === "::1") return "udp://[::1]:0";
  return everyInterfaceFor(hostname) === "::"
    ? "udp://[::]:0"
    : "udp://0.0.0.0:0";
}
