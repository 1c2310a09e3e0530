/**
 * Waits for a time.
 *
 * @module
 */

import { SYSTEM_TIME, type Time } from "./time.ts";

/**
 * Waits.
 *
 * @param ms How long, in milliseconds.
 * @param signal Ends the wait with its reason.
 * @param time The source of time.
 * @throws {unknown} The signal's reason.
 */
export async function pause(
  ms: number,
  signal: AbortSignal | undefined,
  time: Time = SYSTEM_TIME,
): Promise<void> {
  const over = Promise.withResolvers<void>();
  const timer = time.setTimer(over.resolve, ms);
  const abort = () => over.reject(signal!.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    signal?.throwIfAborted();
    await over.promise;
  } finally {
    time.clearTimer(timer);
    signal?.removeEventListener("abort", abort);
  }
}
