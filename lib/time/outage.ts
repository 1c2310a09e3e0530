/**
 * The pauses of a loop that goes on after failures of the system.
 *
 * @module
 */

import { pause } from "./pause.ts";
import { SYSTEM_TIME, type Time } from "./time.ts";

// As Go and Trio do. To try again at once would use a whole core, and starve what
// could end the failure.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/** Failures in a row, each with a longer pause, until something works again. */
export class Outage {
  readonly #signal: AbortSignal | undefined;
  readonly #time: Time;
  #pauseMs = 0;

  /** @param signal Ends a pause at once. */
  constructor(signal?: AbortSignal, time: Time = SYSTEM_TIME) {
    this.#signal = signal;
    this.#time = time;
  }

  /**
   * Takes note of a success.
   *
   * @returns Whether it is the first one after a failure.
   */
  ends(): boolean {
    const wasOut = this.#pauseMs > 0;
    this.#pauseMs = 0;
    return wasOut;
  }

  /**
   * Takes note of a failure.
   *
   * @returns Whether it is the first one after a success.
   */
  begins(): boolean {
    const isFirst = this.#pauseMs === 0;
    this.#pauseMs = isFirst
      ? FIRST_PAUSE_MS
      : Math.min(LONGEST_PAUSE_MS, 2 * this.#pauseMs);
    return isFirst;
  }

  /** Waits before the next attempt. It never rejects. */
  pause(): Promise<void> {
    return pause(this.#pauseMs, this.#signal, this.#time).catch(() => {});
  }
}
