/**
 * The progress of a download, in one line of a terminal.
 *
 * ```text
 * 12.3 MiB of 20 MiB, 61%, 5.2 MiB/s, 2 s left
 * ```
 *
 * @module
 */

import { formatDuration } from "../../arguments/durations.ts";
import { formatSize } from "../../arguments/sizes.ts";
import type { Output } from "../../terminal/terminal.ts";

// Ten times a second is as much as a person can read.
const REWRITE_MS = 100;
// The rate is a mean over this time: short enough to show a change, long enough
// to read.
const RATE_MS = 3_000;

const UTF8 = new TextEncoder();

/** A line that is written again and again. */
export class ProgressLine {
  readonly #output: Output;
  readonly #totalBytes: number | undefined;
  readonly #now: () => number;
  readonly #begunAt: number;
  #received = 0;
  #shownBytes = 0;
  #shownAt: number;
  #bytesPerMs = 0;
  #isThere = false;

  /**
   * Begins, without writing: a short download shows no line.
   *
   * @param totalBytes How many bytes there will be, if that is known.
   * @param now Gives the time in milliseconds.
   */
  constructor(
    output: Output,
    totalBytes: number | undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#output = output;
    this.#totalBytes = totalBytes;
    this.#now = now;
    this.#begunAt = now();
    this.#shownAt = this.#begunAt;
  }

  /**
   * Counts bytes and writes the line, if it is time to.
   *
   * @param bytes How many have come.
   */
  add(bytes: number): void {
    this.#received += bytes;
    const now = this.#now();
    const ms = now - this.#shownAt;
    if (ms < REWRITE_MS) return;
    const lately = (this.#received - this.#shownBytes) / ms;
    // At first the plain mean, later a moving one.
    const weight = Math.max(
      ms / (now - this.#begunAt),
      1 - Math.exp(-ms / RATE_MS),
    );
    this.#bytesPerMs += weight * (lately - this.#bytesPerMs);
    this.#shownAt = now;
    this.#shownBytes = this.#received;
    // The rest of a longer line is erased.
    this.#write(`\r${this.#line()}\x1b[K`);
    this.#isThere = true;
  }

  /** Takes the line away, so that other lines can be written. */
  clear(): void {
    if (this.#isThere) this.#write("\r\x1b[K");
    this.#isThere = false;
  }

  #line(): string {
    const rate = `${formatSize(Math.round(this.#bytesPerMs * 1000))}/s`;
    const received = formatSize(this.#received);
    const total = this.#totalBytes;
    if (total === undefined) return `${received}, ${rate}`;
    // The line after the download says 100%.
    const percent = Math.min(99, Math.floor(100 * this.#received / total));
    const seconds = (total - this.#received) / this.#bytesPerMs / 1000;
    const time = Number.isFinite(seconds)
      ? `, ${formatDuration(1000 * Math.ceil(seconds))} left`
      : "";
    return `${received} of ${formatSize(total)}, ${percent}%, ${rate}${time}`;
  }

  #write(text: string): void {
    this.#output.write(UTF8.encode(text));
  }
}
