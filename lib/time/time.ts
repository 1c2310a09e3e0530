/**
 * The source of time.
 *
 * All code that waits takes a {@linkcode Time}, which is the system's by
 * default. A test of a deadline moves a clock by hand instead of sleeping.
 *
 * @module
 */

/**
 * The longest wait of a timer, in milliseconds: 24.8 days. The runtime's timers
 * hold 32 bits and fire at once with a larger number.
 */
export const LONGEST_TIMER_MS: number = 2 ** 31 - 1;

/** A timer that was set; {@linkcode Time.clearTimer} takes it. */
export type Timer = unknown;

/** A clock and its timers. */
export interface Time {
  /** Milliseconds since some moment; never goes back. */
  now(): number;

  /**
   * Calls a function once, later.
   *
   * @param ms The delay in milliseconds. Above {@linkcode LONGEST_TIMER_MS} no
   * timer is set: a longer wait is the same as no bound.
   */
  setTimer(callback: () => void, ms: number): Timer;

  /**
   * Cancels a call.
   *
   * @param timer The result of {@linkcode Time.setTimer}. Nothing happens if it
   * has fired, or is `undefined`.
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
