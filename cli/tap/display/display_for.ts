/**
 * Makes the display that a command line asks for, of a tap or of a recording.
 *
 * @module
 */

import type { WatchedFramings } from "../../../lib/relay/mod.ts";
import type { BoundedOutput } from "../../output/bounded_output.ts";
import { UsageError } from "../../output/failure.ts";
import type { FormatName } from "../../output/views/format_names.ts";
import type { Log } from "../../output/log.ts";
import { loadView } from "../../output/views/load_view.ts";
import { isView } from "../../output/views/format_names.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import type { TapOptions } from "../tap_option_table.ts";
import { JSON_LINES } from "./json_lines.ts";
import { TapDisplay } from "./tap_display.ts";
import { TextLines } from "./text_lines.ts";

/** The options that say what is shown. */
export type DisplayValues = Pick<
  TapOptions,
  "annotate" | "filter" | "format" | "only"
>;

/**
 * Refuses what does not go together.
 *
 * @throws {UsageError} If bytes are to be drawn for programs.
 */
export function checkDisplay({ annotate, format }: DisplayValues): void {
  if (!annotate || format !== "json") return;
  throw new UsageError(
    "--annotate draws bytes for people, and --format json writes for programs; leave one out",
  );
}

/** A format, with what it needs. */
export type LoadedFormat = "json" | ConstructorParameters<typeof TextLines>[0];

/** Loads what a format needs. */
export async function loadFormat(format: FormatName): Promise<LoadedFormat> {
  return isView(format) ? await loadView(format) : format;
}

/**
 * Makes the display.
 *
 * @param framing The framing of each direction, whose parts are drawn.
 * @param surroundings Where lines go, and the clock.
 */
export function displayFor(
  { annotate, filter, only }: DisplayValues,
  format: LoadedFormat,
  framing: WatchedFramings,
  { log, output, terminal }: {
    readonly log: Log;
    readonly output: Pick<
      BoundedOutput,
      "columns" | "isDiscarded" | "isFull" | "isTerminal" | "write"
    >;
    readonly terminal: Pick<Terminal, "elapsedMs">;
  },
): TapDisplay {
  const columns = output.isTerminal ? () => output.columns() : () => Infinity;
  return new TapDisplay({
    format: format === "json"
      ? JSON_LINES
      : new TextLines(format, columns, annotate ? framing : undefined),
    filters: filter,
    only: only === undefined
      ? undefined
      : only === "to-server"
      ? "toServer"
      : "toClient",
    output,
    log,
    terminal,
  });
}
