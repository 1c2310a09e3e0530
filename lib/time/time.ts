/**
 * Where time comes from.
 *
 * Everything that waits takes a {@linkcode Time} and uses the system's unless it is
 * given another. So a test of a deadline moves a clock by hand instead of sleeping.
 *
 * @module
 */

/**
 * The longest time that a timer can wait for, in milliseconds: 24.8 days. The
 * runtime's timers hold 32 bits and fire at once when they are given more.
 */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** A timer that was set; {@linkcode Time.clearTimer} takes it. */
export type Timer = unknown;

/** A clock and its timers. */
export interface Time {
  /** Milliseconds since some moment; never goes back. */
  now(): number;

  /**
   * Calls something once, later.
   *
   * @param callback What to call.
   * @param ms When, in milliseconds from now. Above {@linkcode LONGEST_TIMER_MS}
   * nothing is set: a longer wait is the same as no bound.
   * @returns The timer.
   */
  setTimer(callback: () => void, ms: number): Timer;

  /**
   * Takes a call back.
   *
   * @param timer What {@linkcode Time.setTimer} gave; nothing happens if it has
   * fired, or is `undefined`.
   */
  clearTimer(timer: Timer): void;
}

/** The system's time. */
export const SYSTEM_TIME: Time = {
  now: () => performance.now(),
  setTimer: (callback, ms) =>
    ms > LONGEST_TIMER_MS ? undefined : setTimeout(callback, ms),
  clearTimer: (timer) =>
    clearTimeout(timer as ReturnType<typeof setTimeout> | undefined),
};
