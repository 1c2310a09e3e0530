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
import { LiveLine } from "../../terminal/live_line.ts";
import type { Output } from "../../terminal/terminal.ts";

// The rate is a mean over this time: short enough to show a change, long enough
// to read.
const RATE_MS = 3_000;

/** A line that is written again and again. */
export class ProgressLine {
  readonly #live: LiveLine;
  readonly #totalBytes: number | undefined;
  readonly #now: () => number;
  readonly #begunAt: number;
  #received = 0;
  #shownBytes = 0;
  #shownAt: number;
  #bytesPerMs = 0;

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
    this.#live = new LiveLine(output, now);
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
    this.#live.show(() => this.#line());
  }

  /** Takes the line away, so that other lines can be written. */
  clear(): void {
    this.#live.clear();
  }

  /** Takes note of the rate lately. */
  #measure(): void {
    const now = this.#now();
    const ms = now - this.#shownAt;
    const lately = (this.#received - this.#shownBytes) / ms;
    // At first the plain mean, later a moving one.
    const weight = Math.max(
      ms / (now - this.#begunAt),
      1 - Math.exp(-ms / RATE_MS),
    );
    this.#bytesPerMs += weight * (lately - this.#bytesPerMs);
    this.#shownAt = now;
    this.#shownBytes = this.#received;
  }

  #line(): string {
    this.#measure();
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
}
