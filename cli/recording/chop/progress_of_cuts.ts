/**
 * How far the cutting has come, in one line of a terminal.
 *
 * @module
 */

import { LiveLine } from "../../terminal/live_line.ts";
import type { Output } from "../../terminal/terminal.ts";

/** A line that is written again and again; nothing if no person looks. */
export class ProgressOfCuts {
  readonly #line: LiveLine;
  readonly #cuts: number;

  constructor(output: Output, cuts: number) {
    this.#line = new LiveLine(output);
    this.#cuts = cuts;
  }

  /** Writes the line, if it is time to. */
  show(tried: number, bad: number): void {
    const change = bad === 1 ? "changes" : "change";
    this.#line.show(() =>
      `${tried} of ${this.#cuts} cuts, ${bad} ${change} the answer`
    );
  }

  /** Takes the line away, so that other lines can be written. */
  clear(): void {
    this.#line.clear();
  }
}
