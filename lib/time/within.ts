/**
 * Bounds the wait for promises that cannot be cancelled, by a time limit and a
 * signal.
 *
 * @module
 */

import { SYSTEM_TIME, type Time } from "./time.ts";

/** A limit on waiting. Clear it when it is no longer needed. */
export interface Limit {
  /**
   * Waits for a promise, but not longer than the limit.
   *
   * @param promise The promise, which goes on if the wait ends first.
   * @throws {unknown} The limit's error, or the signal's reason.
   */
  race<T>(promise: Promise<T>): Promise<T>;

  /** Removes timer and listener. */
  clear(): void;
}

/**
 * Begins to count.
 *
 * @param timeoutMs The time limit in milliseconds; `Infinity` for none.
 * @param signal A signal that ends the wait with its reason.
 * @param onTimeout Makes the error at the time limit.
 * @param time The source of time.
 */
export function within(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  onTimeout: () => unknown,
  time: Time = SYSTEM_TIME,
): Limit {
  const { promise: over, reject } = Promise.withResolvers<never>();
  // The limit may pass while no race is waiting.
  over.catch(() => {});
  const timer = time.setTimer(() => reject(onTimeout()), timeoutMs);
  const abort = () => reject(signal!.reason);
  if (signal?.aborted) abort();
  else signal?.addEventListener("abort", abort, { once: true });
  return {
    race: (promise) => Promise.race([promise, over]),
    clear() {
      time.clearTimer(timer);
      signal?.removeEventListener("abort", abort);
    },
  };
}
