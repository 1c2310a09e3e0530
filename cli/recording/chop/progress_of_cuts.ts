/**
 * How far the cutting has come, in one line of a terminal.
 *
 * @module
 */

import type { Output } from "../../terminal/terminal.ts";

// Ten times a second is as much as a person can read.
const REWRITE_MS = 100;

const UTF8 = new TextEncoder();

/** A line that is written again and again; nothing if no person looks. */
export class ProgressOfCuts {
  readonly #output: Output;
  readonly #cuts: number;
  #shownAt = performance.now();
  #isThere = false;

  constructor(output: Output, cuts: number) {
    this.#output = output;
    this.#cuts = cuts;
  }

  /** Writes the line, if it is time to. */
  show(tried: number, bad: number): void {
    const now = performance.now();
    if (!this.#output.isTerminal || now - this.#shownAt < REWRITE_MS) return;
    this.#shownAt = now;
    this.#isThere = true;
    const change = bad === 1 ? "changes" : "change";
    // The rest of a longer line is erased.
    this.#write(
      `\r${tried} of ${this.#cuts} cuts, ${bad} ${change} the answer\x1b[K`,
    );
  }

  /** Takes the line away, so that other lines can be written. */
  clear(): void {
    if (this.#isThere) this.#write("\r\x1b[K");
    this.#isThere = false;
  }

  #write(text: string): void {
    this.#output.write(UTF8.encode(text));
  }
}
