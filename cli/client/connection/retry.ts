/**
 * Trying again to connect, to a server that is about to start.
 *
 * @module
 */

import { delay } from "@std/async/delay";
import { ConnectionError } from "../../../lib/core.ts";
import { formatDuration } from "../../arguments/durations.ts";
import type { Log } from "../../output/log.ts";

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/** How long to try again, and what ends it. */
export interface RetryOptions {
  /** Longest time in milliseconds from the first attempt to the last. */
  readonly forMs: number;
  /** The log, for one line. */
  readonly log: Log;
  /** Ends it with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Connects, again and again while nothing listens there.
 *
 * @param connect Tries once.
 * @throws As the last attempt.
 */
export async function retrying<T>(
  connect: () => Promise<T>,
  { forMs, log, signal }: RetryOptions,
): Promise<T> {
  const until = performance.now() + forMs;
  for (let pauseMs = FIRST_PAUSE_MS;; pauseMs *= 2) {
    try {
      return await connect();
    } catch (error) {
      const leftMs = until - performance.now();
      if (!isRefused(error) || leftMs <= 0) throw error;
      if (pauseMs === FIRST_PAUSE_MS) tell(error, forMs, log);
      const waitMs = Math.min(pauseMs, LONGEST_PAUSE_MS, leftMs);
      await delay(waitMs, { signal });
    }
  }
}

/** Only this may be another in a moment: a wrong name or certificate stays wrong. */
function isRefused(error: unknown): error is ConnectionError {
  return error instanceof ConnectionError && error.code === "refused";
}

function tell({ address }: ConnectionError, forMs: number, log: Log): void {
  log.soon(
    { event: "retrying", address, forMs },
    `nothing is listening on ${address} yet; trying for ${
      formatDuration(forMs)
    }`,
  );
  log.flush();
}
