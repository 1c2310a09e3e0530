/**
 * Shows a recording with what shows a tap.
 *
 * @module
 */

import { parseFraming, raw } from "../../../lib/framing/mod.ts";
import {
  isChunk,
  type RecordedEvent,
  type RecordingHead,
} from "../../../lib/recording/mod.ts";
import { formatSize } from "../../arguments/sizes.ts";
import type { Log } from "../../output/log.ts";
import { loadView } from "../../output/views/load_view.ts";
import { isView } from "../../output/views/view_names.ts";
import { JSON_LINES } from "../../tap/display/json_lines.ts";
import { TapDisplay } from "../../tap/display/tap_display.ts";
import { TextLines } from "../../tap/display/text_lines.ts";
import {
  TappedConnection,
  type TapSettings,
} from "../../tap/tapped_connection.ts";
import type { Output, Terminal } from "../../terminal/terminal.ts";
import { framingTo } from "../read/frame_options.ts";
import type { ShowValues } from "./show_options.ts";

/** How messages are shown. */
type Shown = "json" | ConstructorParameters<typeof TextLines>[0];

/** An event of one connection. */
type OnConnection = Extract<RecordedEvent, { connection: number }>;

/** Shows the events of a recording, one after the other. */
export class ShownRecording {
  readonly #options: ShowValues;
  readonly #log: Log;
  readonly #display: TapDisplay;
  readonly #open = new Map<number, TappedConnection>();
  #settings: TapSettings;
  #beginMs = 0;
  #t = 0;

  private constructor(
    options: ShowValues,
    format: Shown,
    output: Output,
    log: Log,
  ) {
    this.#options = options;
    this.#log = log;
    // The time is that of the recording.
    const clock = {
      elapsedMs: () => this.#t * 1000,
      now: () => new Date(this.#beginMs + this.#t * 1000),
    };
    this.#display = displayOf(options, format, output, clock, log);
    this.#settings = {
      framing: { toServer: raw(), toClient: raw() },
      maxMessageBytes: options["max-message"],
      terminal: clock,
      views: [this.#display],
    };
  }

  /** Loads what the format needs. */
  static async make(
    options: ShowValues,
    { output }: Pick<Terminal, "output">,
    log: Log,
  ): Promise<ShownRecording> {
    const { format } = options;
    const shown = isView(format) ? await loadView(format) : format;
    return new ShownRecording(options, shown, output, log);
  }

  begin(head: RecordingHead): void {
    this.#beginMs = head.at.getTime();
    const framing = {
      toServer: framingTo("server", this.#options, head, this.#log) ?? raw(),
      toClient: framingTo("client", this.#options, head, this.#log) ?? raw(),
    };
    this.#settings = { ...this.#settings, framing };
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
    this.#display.end();
  }

  #onConnection(event: OnConnection): void {
    if (isChunk(event)) {
      const { bytes, connection, to } = event;
      this.#tapped(connection).onChunk(
        to === "server" ? "toServer" : "toClient",
        bytes,
      );
      return;
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
      case "close":
        this.#finish(event.connection);
    }
  }

  #tapped(connection: number, isUdp = false): TappedConnection {
    const known = this.#open.get(connection);
    if (known !== undefined) return known;
    const framing = isUdp
      // One datagram is one message.
      ? { toServer: parseFraming("raw"), toClient: parseFraming("raw") }
      : this.#settings.framing;
    const tapped = new TappedConnection(connection, {
      ...this.#settings,
      framing,
    });
    this.#open.set(connection, tapped);
    return tapped;
  }

  #finish(connection: number): void {
    this.#open.delete(connection);
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
  if ("fault" in event) {
    const message = event.message === undefined
      ? ""
      : ` at message ${event.message}`;
    return `fault ${event.fault}${message}`;
  }
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

function displayOf(
  { filter, only }: ShowValues,
  format: Shown,
  output: Output,
  terminal: TapSettings["terminal"],
  log: Log,
): TapDisplay {
  const columns = output.isTerminal
    ? () => output.columns?.() ?? Infinity
    : () => Infinity;
  const encoder = new TextEncoder();
  return new TapDisplay({
    format: format === "json" ? JSON_LINES : new TextLines(format, columns),
    filters: filter,
    only: only === undefined
      ? undefined
      : only === "to-server"
      ? "toServer"
      : "toClient",
    // Nothing is missed by waiting for the reader: no traffic waits.
    output: {
      isFull: false,
      write: (text) =>
        output.write(typeof text === "string" ? encoder.encode(text) : text),
    },
    log,
    terminal,
  });
}
