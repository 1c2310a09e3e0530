/**
 * When the messages of an open loop are to be sent: at equal distances, whatever the
 * server does. Pure.
 *
 * ```text
 *   start        1/rate
 *     0─────1─────2─────3─────4─────5 ...  message n at start + n / rate
 *                          ▲ now: 0 to 3 are due, 4 is next
 * ```
 *
 * @module
 */

// A timer of this runtime fires 1.1 ms after the time that was asked for, or later. So
// the last part of a wait is not left to a timer.
const SPIN_MS = 4;

/** The times of messages that are numbered from 0. */
export class Schedule {
  /** How many messages there are; `Infinity` for an endless schedule. */
  readonly total: number;
  readonly #startMs: number;
  readonly #perMs: number;

  /**
   * Plans.
   *
   * @param startMs When the first message is due.
   * @param ratePerS Messages per second.
   * @param total How many messages there are.
   */
  constructor(startMs: number, ratePerS: number, total: number) {
    this.#startMs = startMs;
    this.#perMs = ratePerS / 1_000;
    this.total = total;
  }

  /** When a message is due, in milliseconds. */
  timeOf(n: number): number {
    return this.#startMs + n / this.#perMs;
  }

  /** How many messages are due at a time: those before and at it. */
  dueBy(nowMs: number): number {
    if (nowMs < this.#startMs) return 0;
    const due = Math.floor((nowMs - this.#startMs) * this.#perMs) + 1;
    return Math.min(due, this.total);
  }
}

// What a product may be above the whole number that is meant.
const ROUNDING = 2 ** -48;

/** How many messages at a rate come before a time has passed. */
export function messagesWithin(ms: number, ratePerS: number): number {
  return Math.ceil(ms * ratePerS / 1_000 * (1 - ROUNDING));
}

/**
 * Decides how to wait.
 *
 * @param ms How long to wait; below 0 if it is late.
 * @returns For how long to set a timer, or `undefined` to look again at once.
 */
export function timerFor(ms: number): number | undefined {
  return ms > SPIN_MS ? ms - SPIN_MS : undefined;
}
