/**
 * Shows a recording with what shows a tap.
 *
 * @module
 */

import { raw } from "../../../lib/framing/mod.ts";
import {
  isChunk,
  type RecordedChunk,
  type RecordedEvent,
  type RecordingHead,
} from "../../../lib/recording/mod.ts";
import { formatSize } from "../../arguments/sizes.ts";
import { strikeText } from "../../faults/fault_text.ts";
import { joinedBytes } from "../../output/bounded_output.ts";
import type { Log } from "../../output/log.ts";
import {
  displayFor,
  type LoadedFormat,
  loadFormat,
} from "../../tap/display/display_for.ts";
import type { TapDisplay } from "../../tap/display/tap_display.ts";
import {
  TappedConnection,
  type TapSettings,
} from "../../tap/tapped_connection.ts";
import type { Output, Terminal } from "../../terminal/terminal.ts";
import { framingTo } from "../read/frame_options.ts";
import { CONNECTION_BYTES, Kept } from "../read/kept.ts";
import type { ShowValues } from "./show_options.ts";

/** An event of one connection. */
type OnConnection = Extract<RecordedEvent, { connection: number }>;

/** Shows the events of a recording, one after the other. */
export class ShownRecording {
  readonly #options: ShowValues;
  readonly #format: LoadedFormat;
  readonly #output: Output;
  readonly #log: Log;
  readonly #open = new Map<number, TappedConnection>();
  readonly #kept: Kept;
  #display: TapDisplay | undefined;
  #settings: TapSettings | undefined;
  // One datagram is one message.
  #ofDatagrams: TapSettings | undefined;
  #beginMs = 0;
  #t = 0;

  private constructor(
    options: ShowValues,
    format: LoadedFormat,
    output: Output,
    log: Log,
    kept: Kept,
  ) {
    this.#kept = kept;
    this.#options = options;
    this.#format = format;
    this.#output = output;
    this.#log = log;
  }

  /**
   * Loads what the format needs.
   *
   * @param path The recording, for an error.
   */
  static async make(
    path: string,
    options: ShowValues,
    { output }: Pick<Terminal, "output">,
    log: Log,
  ): Promise<ShownRecording> {
    const { format } = options;
    const loaded = await loadFormat(format);
    const kept = new Kept(path);
    return new ShownRecording(options, loaded, output, log, kept);
  }

  begin(head: RecordingHead): void {
    const options = this.#options;
    const log = this.#log;
    this.#beginMs = head.at.getTime();
    // The time is that of the recording.
    const terminal = {
      elapsedMs: () => this.#t * 1000,
      now: () => new Date(this.#beginMs + this.#t * 1000),
    };
    const framing = {
      toServer: framingTo("server", options, head, log) ?? raw(),
      toClient: framingTo("client", options, head, log) ?? raw(),
    };
    const output = unbounded(this.#output);
    const shown = { log, output, terminal };
    this.#display = displayFor(options, this.#format, framing, shown);
    this.#settings = {
      framing,
      maxMessageBytes: options["max-message"],
      terminal,
      views: [this.#display],
    };
    const each = { toServer: raw(), toClient: raw() };
    this.#ofDatagrams = { ...this.#settings, framing: each };
  }

  event(event: RecordedEvent): void {
    this.#t = event.t;
    if ("connection" in event) return this.#onConnection(event);
    if (event.event !== "lost") return;
    const { events } = event;
    this.#log.now(
      { event: "lost", events },
      `${events ?? "some"} events are missing here`,
    );
  }

  /** Shows what an end completes, as the recording ends here. */
  end(): void {
    for (const connection of this.#open.keys()) this.#finish(connection);
    this.#display?.end();
  }

  #onConnection(event: OnConnection): void {
    if (isChunk(event)) {
      return this.#onChunk(event);
    }
    this.#tell(event);
    if ("fault" in event) return;
    switch (event.event) {
      case "open":
        this.#tapped(event.connection, event.peer?.startsWith("udp:"));
        break;
      case "end":
        this.#tapped(event.connection)
          .onEnd(event.to === "server" ? "toServer" : "toClient");
        break;
      case "refused":
      case "close":
        this.#finish(event.connection);
    }
  }

  #onChunk({ bytes, connection, to }: RecordedChunk): void {
    const direction = to === "server" ? "toServer" : "toClient";
    const tapped = this.#tapped(connection);
    const before = tapped.heldBytes;
    tapped.onChunk(direction, bytes);
    const more = tapped.heldBytes - before;
    if (more !== 0) this.#kept.count(more, this.#open.size);
  }

  #tapped(connection: number, isUdp = false): TappedConnection {
    const known = this.#open.get(connection);
    if (known !== undefined) return known;
    const settings = isUdp ? this.#ofDatagrams! : this.#settings!;
    const tapped = new TappedConnection(connection, settings);
    this.#open.set(connection, tapped);
    this.#kept.count(CONNECTION_BYTES.shown, this.#open.size);
    return tapped;
  }

  #finish(connection: number): void {
    const tapped = this.#open.get(connection);
    if (tapped === undefined) return;
    this.#open.delete(connection);
    const bytes = CONNECTION_BYTES.shown + tapped.heldBytes;
    this.#kept.count(-bytes, this.#open.size);
  }

  /** What is not a message, as the log of a tap has it. */
  #tell(event: Exclude<OnConnection, { bytes: Uint8Array }>): void {
    if (this.#log.options.quiet) return;
    const text = wordsOf(event);
    if (text === undefined) return;
    const { t: _, ...fields } = event;
    const name = "fault" in event ? "fault" : event.event;
    this.#log.now({ ...fields, event: name }, `#${event.connection} ${text}`);
  }
}

function wordsOf(
  event: Exclude<OnConnection, { bytes: Uint8Array }>,
): string | undefined {
  if ("fault" in event) return strikeText(event);
  switch (event.event) {
    case "open":
      return event.peer === undefined ? "opened" : `opened by ${event.peer}`;
    case "reset":
      return event.to === undefined
        ? "reset"
        : `reset, noticed by the ${event.to}`;
    case "refused":
      return `refused${event.why === undefined ? "" : `: ${event.why}`}`;
    case "close": {
      const { toClient = 0, toServer = 0, why } = event;
      return `closed${why === undefined ? "" : ` by ${why}`}: to the server ${
        formatSize(toServer)
      }, to the client ${formatSize(toClient)}`;
    }
    default:
      return undefined;
  }
}

/** Nothing is missed by waiting for the reader: no traffic waits. */
function unbounded(
  output: Output,
): Parameters<typeof displayFor>[3]["output"] {
  return {
    isDiscarded: false,
    isFull: false,
    isTerminal: output.isTerminal,
    columns: () => output.columns?.() ?? Infinity,
    write: (...pieces) => output.write(joinedBytes(pieces)),
  };
}
