/**
 * Shows the bytes of a connection in a readable form.
 *
 * ```text
 * > GET / HTTP/1.1\r\n
 * > Host: 127.0.0.1:8080\r\n
 * > \r\n
 * < HTTP/1.1 200 OK\r\n
 * ```
 *
 * The output does not depend on how the bytes were cut.
 *
 * @module
 */

import type { Output } from "../../terminal/terminal.ts";
import { VisibleText } from "./visible_text.ts";

/** Which way bytes go. */
export type Direction = "sent" | "received";

const MARKS: Readonly<Record<Direction, string>> = {
  sent: "> ",
  received: "< ",
};

const UTF8 = new TextEncoder();

/** Shows both directions of a connection. */
export class RawView {
  readonly #output: Output;
  #direction: Direction | undefined;
  #text = new VisibleText();
  #isInLine = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /**
   * Shows bytes.
   *
   * @param direction Which way they go.
   * @param bytes The bytes. They are not used after the call.
   */
  show(direction: Direction, bytes: Uint8Array): void {
    if (direction !== this.#direction) {
      this.end();
      this.#direction = direction;
      this.#text = new VisibleText({ keep: "\n", isExact: true });
    }
    this.#write(this.#text.add(bytes));
  }

  /** Ends the line that has begun. */
  end(): void {
    this.#write(this.#text.end());
    if (this.#isInLine) this.#output.write(UTF8.encode("\n"));
    this.#isInLine = false;
  }

  #write(text: string): void {
    if (text === "" || this.#direction === undefined) return;
    const mark = MARKS[this.#direction];
    const lines = text.split("\n");
    const rest = lines.pop()!;
    let shown = "";
    for (const line of lines) {
      shown += `${this.#isInLine ? "" : mark}${line}\\n\n`;
      this.#isInLine = false;
    }
    if (rest !== "") {
      shown += (this.#isInLine ? "" : mark) + rest;
      this.#isInLine = true;
    }
    this.#output.write(UTF8.encode(shown));
  }
}
