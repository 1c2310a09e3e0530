/**
 * Shows messages on standard output as they pass, and never makes them wait: what
 * cannot be shown in time is counted, and the count is reported.
 *
 * @module
 */

import type { RelayDirection } from "../../../lib/relay/mod.ts";
import { grouped } from "../../output/counted.ts";
import type { TimeoutError } from "../../../lib/start.ts";
import type { BoundedOutput } from "../../output/bounded_output.ts";
import { bareReason, errorText } from "../../output/error_text.ts";
import type { Log } from "../../output/log.ts";
import type { Terminal } from "../../terminal/terminal.ts";
import { type Filter, Filters } from "../filter.ts";
import type { TapError, TapMessage, TapStrike, TapView } from "../tap_event.ts";
import type { LineFormat } from "./line_format.ts";

// How long messages may be missing before that is reported.
const REPORT_MS = 1_000;

/** What is shown, and where. */
export interface DisplayOptions {
  /** How a line is written. */
  readonly format: LineFormat;
  /** Which messages are shown. */
  readonly filters: readonly Filter[];
  /** The direction that is shown, if it is one alone. */
  readonly only: RelayDirection | undefined;
  /** Where lines go. */
  readonly output: Pick<BoundedOutput, "isDiscarded" | "isFull" | "write">;
  /** Where missing lines are reported. */
  readonly log: Log;
  /** Tells how long they were missing. */
  readonly terminal: Pick<Terminal, "elapsedMs">;
}

/** Shows messages. */
export class TapDisplay implements TapView {
  readonly #options: DisplayOptions;
  readonly #filters: Filters;
  #shown = 0;
  #notShown = 0;
  // Of #notShown, what was not reported yet, and since when.
  #unreported = 0;
  #sinceMs = 0;

  constructor(options: DisplayOptions) {
    this.#options = options;
    this.#filters = new Filters(
      options.filters,
      (filter, error) => this.#withoutFilter(filter, error),
    );
  }

  wants(direction: RelayDirection): boolean {
    if (!this.#isShown(direction)) return false;
    // A filter decides which messages are missing.
    return !this.#filters.isEmpty || !this.#options.output.isFull;
  }

  message(message: TapMessage): void {
    const { format } = this.#options;
    if (!this.#filters.passes(message.message)) return;
    if (this.#isMissing(1)) return;
    this.#shown++;
    const pieces = format.pieces?.(message) ?? [format.message(message)];
    this.#write(...pieces, "\n");
  }

  skipped(direction: RelayDirection, count: number): void {
    if (this.#isShown(direction)) this.#missed(count);
  }

  fault(strike: TapStrike): void {
    const { format, output } = this.#options;
    const { direction } = strike;
    const isShown = direction === undefined
      ? !output.isDiscarded
      : this.#isShown(direction);
    if (!isShown || this.#isMissing(0)) return;
    this.#write(`${format.fault(strike)}\n`);
  }

  error(error: TapError): void {
    if (!this.#isShown(error.direction)) return;
    const { format } = this.#options;
    if (!this.#isMissing(0)) this.#write(`${format.error(error)}\n`);
  }

  /** Reports what is missing, at the end. */
  end(): void {
    const { log } = this.#options;
    this.#report();
    if (this.#notShown === 0) return;
    const event = {
      event: "shown",
      messages: this.#shown,
      notShown: this.#notShown,
    };
    log.now(
      event,
      `${grouped(this.#shown)} message${this.#shown === 1 ? "" : "s"} shown, ${
        grouped(this.#notShown)
      } not shown`,
    );
  }

  #write(...pieces: readonly string[]): void {
    // A connection's first message follows the line that says who opened it.
    this.#options.log.flush();
    this.#options.output.write(...pieces);
  }

  #withoutFilter({ hides, typed }: Filter, error: TimeoutError): void {
    this.#options.log.now(
      { event: "filter_left_out", filter: typed, error: errorText(error) },
      `--filter ${typed} ${hides ? "hides" : "chooses"} nothing from here on: ${
        bareReason(error)
      }`,
    );
  }

  /** Whether a direction is shown at all; otherwise nothing of it is missing. */
  #isShown(direction: RelayDirection): boolean {
    const { only, output } = this.#options;
    return !output.isDiscarded && (only === undefined || direction === only);
  }

  #isMissing(messages: number): boolean {
    if (this.#options.output.isFull) {
      this.#missed(messages);
      return true;
    }
    if (this.#unreported > 0) this.#reportIfLate();
    return false;
  }

  #missed(count: number): void {
    if (this.#unreported === 0) {
      this.#sinceMs = this.#options.terminal.elapsedMs();
    }
    this.#notShown += count;
    this.#unreported += count;
    this.#reportIfLate();
  }

  #reportIfLate(): void {
    const ms = this.#options.terminal.elapsedMs() - this.#sinceMs;
    if (ms >= REPORT_MS) this.#report();
  }

  #report(): void {
    const notShown = this.#unreported;
    if (notShown === 0) return;
    this.#unreported = 0;
    this.#options.log.now(
      { event: "not_shown", notShown },
      `${grouped(notShown)} message${notShown === 1 ? "" : "s"} not shown`,
    );
  }
}
