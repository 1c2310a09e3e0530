/**
 * Lines on standard error, for people or as JSON.
 *
 * Lines about connections are collected for a moment and written together, so
 * that a thousand connections a second do not cost two thousand writes.
 *
 * @module
 */

import { escapeControls, escapeJson } from "./escape.ts";
import { type Terminal, writeLine } from "../terminal/terminal.ts";

/** How a log is kept. */
export interface LogOptions {
  /** Text for people, or one JSON object per line. */
  readonly format: "text" | "json";
  /** Whether only what must be known is written. */
  readonly quiet: boolean;
  /** Whether more than usual is written. */
  readonly verbose: boolean;
}

/** What happened: its name, and what is known of it. */
export interface LogEvent {
  /** Name of the event, such as `opened`. */
  readonly event: string;
  /** Everything else, with the unit in the name where there is one. */
  readonly [field: string]: unknown;
}

/** What a log needs around it. */
export type LogTerminal = Pick<Terminal, "errors" | "now">;

/** Writes lines about what happens. */
export class Log {
  /** How it is kept. */
  readonly options: LogOptions;
  readonly #terminal: LogTerminal;
  #pending: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(terminal: LogTerminal, options: LogOptions) {
    this.#terminal = terminal;
    this.options = options;
  }

  /**
   * Writes a line at once, quiet or not.
   *
   * @param event What happened, for programs.
   * @param text What happened, for people.
   * @param rows What is drawn below it, for people; without control characters.
   */
  now(event: LogEvent, text: string, rows: readonly string[] = []): void {
    this.#pending.push(this.#line(event, text));
    if (this.options.format === "text") this.#pending.push(...rows);
    this.flush();
  }

  /**
   * Writes a line soon, unless the log is quiet.
   *
   * @param event What happened, for programs.
   * @param text What happened, for people.
   */
  soon(event: LogEvent, text: string): void {
    if (this.options.quiet) return;
    this.#pending.push(this.#line(event, text));
    this.#timer ??= setTimeout(() => this.flush(), 0);
  }

  /** Writes what was collected. */
  flush(): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const lines = this.#pending.join("\n");
    this.#pending = [];
    writeLine(this.#terminal.errors, lines);
  }

  #line(event: LogEvent, text: string): string {
    if (this.options.format === "text") return escapeControls(text);
    const at = this.#terminal.now().toISOString();
    return escapeJson(JSON.stringify({ ...event, at }));
  }
}
