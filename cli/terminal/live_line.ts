/**
 * A line of a terminal that is written again and again, such as a progress.
 *
 * @module
 */

import type { Output } from "./terminal.ts";

// Ten times a second is as much as a person can read.
const REWRITE_MS = 100;

const UTF8 = new TextEncoder();

/** A line that is written again and again; nothing if no person looks. */
export class LiveLine {
  readonly #output: Output;
  readonly #now: () => number;
  #shownAt: number;
  #isThere = false;

  /**
   * Begins, without writing: what is over soon shows no line.
   *
   * @param now Gives the time in milliseconds.
   */
  constructor(output: Output, now: () => number = () => performance.now()) {
    this.#output = output;
    this.#now = now;
    this.#shownAt = now();
  }

  /** Writes the line, if it is time to. */
  show(text: () => string): void {
    const now = this.#now();
    if (!this.#output.isTerminal || now - this.#shownAt < REWRITE_MS) return;
    this.#shownAt = now;
    this.#isThere = true;
    const columns = this.#output.columns?.() ?? Infinity;
    // The rest of a longer line is erased; a wrapped one could not be.
    this.#write(`\r${text().slice(0, columns - 1)}\x1b[K`);
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
