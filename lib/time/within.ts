/**
 * Waiting with an end: a time limit and a caller's signal around promises that
 * themselves cannot be cancelled.
 *
 * @module
 */

import { SYSTEM_TIME, type Time } from "./time.ts";

/** A limit on waiting; to be cleared when it is not needed any more. */
export interface Limit {
  /**
   * Waits for a promise, but not longer than the limit.
   *
   * @param promise What to wait for; it goes on when the waiting ends.
   * @returns What it resolves to.
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
 * @param signal A signal that ends the waiting with its reason.
 * @param onTimeout Makes the error for when the time is over.
 * @param time Where time comes from.
 * @returns The limit.
 */
export function within(
  timeoutMs: number,
  signal: AbortSignal | undefined,
  onTimeout: () => unknown,
  time: Time = SYSTEM_TIME,
): Limit {
  const { promise: over, reject } = Promise.withResolvers<never>();
  // It may run out while nothing races it.
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
