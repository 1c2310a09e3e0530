/**
 * A clock that is moved by hand, so that a test of a deadline does not sleep.
 *
 * @module
 */

import type { Time, Timer } from "../../lib/time/time.ts";

interface SetTimer {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Time that stands still until {@linkcode ManualTime.advance}. */
export class ManualTime implements Time {
  #nowMs = 0;
  #timers: SetTimer[] = [];

  /** How many timers are set. */
  get pending(): number {
    return this.#timers.length;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, ms: number): Timer {
    const timer = { atMs: this.#nowMs + ms, callback };
    this.#timers.push(timer);
    return timer;
  }

  clearTimer(timer: Timer): void {
    this.#timers = this.#timers.filter((set) => set !== timer);
  }

  /**
   * Lets time pass. Timers that are due fire in their order, and whatever they
   * lead to by promises and turns of the event loop happens before the next.
   *
   * @param ms How much.
   */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    await settle();
    for (;;) {
      const next = this.#timers.reduce<SetTimer | undefined>(
        (first, set) => set.atMs < (first?.atMs ?? Infinity) ? set : first,
        undefined,
      );
      if (next === undefined || next.atMs > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.clearTimer(next);
      next.callback();
      await settle();
    }
    this.#nowMs = untilMs;
    await settle();
  }

  /** Lets time pass without a timer firing, as while the program is busy. */
  skip(ms: number): void {
    this.#nowMs += ms;
  }
}

/** Lets promises and the event loop's waiting work settle. */
async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
  await new Promise((resolve) => setTimeout(resolve, 0));
}
