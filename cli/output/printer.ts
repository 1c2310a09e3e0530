/**
 * Shows messages on standard output.
 *
 * @module
 */

import type { FormatName } from "./views/format_names.ts";
import type { ShownFormat } from "./formats.ts";
import { shownFormat } from "./shown_format.ts";
import type { Terminal } from "../terminal/terminal.ts";

const LINE_FEED = 0x0a;

/** Shows messages, many in one write. */
export class Printer {
  readonly #terminal: Terminal;
  readonly #format: ShownFormat;
  readonly #endsLines: boolean;
  #isInLine = false;

  private constructor(
    terminal: Terminal,
    format: ShownFormat,
    endsLines: boolean,
  ) {
    this.#terminal = terminal;
    this.#format = format;
    this.#endsLines = endsLines;
  }

  /**
   * Creates a printer.
   *
   * @param terminal Where it shows them.
   * @param name The format, which is loaded if it is a view.
   * @param isRaw Whether the messages are chunks: as text they are shown
   * without line ends, since where they end means nothing.
   */
  static async open(
    terminal: Terminal,
    name: FormatName,
    isRaw: boolean,
  ): Promise<Printer> {
    const format = await shownFormat(name, terminal.output.isTerminal);
    return new Printer(terminal, format, !(isRaw && name === "text"));
  }

  /** Ends the line that a chunk has left open, so that another can follow. */
  endLine(): void {
    if (!this.#isInLine) return;
    this.#isInLine = false;
    this.#terminal.output.write(Uint8Array.of(LINE_FEED));
  }

  /**
   * Shows messages.
   *
   * @param messages The messages; not looked at later.
   */
  print(messages: readonly Uint8Array[]): void {
    const at = this.#terminal.now();
    const shown = messages.map((message) => this.#format.show(message, at));
    const ends = this.#endsLines ? 1 : 0;
    let length = 0;
    for (const line of shown) length += line.length + ends;
    const bytes = new Uint8Array(length);
    let end = 0;
    for (const line of shown) {
      bytes.set(line, end);
      end += line.length;
      if (this.#endsLines) bytes[end++] = LINE_FEED;
    }
    this.#terminal.output.write(bytes);
    this.#isInLine = end > 0 && bytes[end - 1] !== LINE_FEED;
  }
}
