/**
 * Trying again to connect, to a server that is about to start: `--retry`.
 *
 * @module
 */

import type { RetryOptions } from "../../../lib/core.ts";
import { formatDuration } from "../../arguments/durations.ts";
import { bareReason } from "../../output/error_text.ts";
import type { Log } from "../../output/log.ts";

/**
 * Gives what `--retry` comes to.
 *
 * @param forMs Its value in milliseconds; 0 for one attempt.
 * @param log The log, for a line at the first failure; with `--verbose` at each.
 */
export function retryFor(forMs: number, log: Log): RetryOptions | undefined {
  if (forMs === 0) return undefined;
  return {
    forMs,
    onRetry({ attempt, error, pauseMs }) {
      const { address } = error;
      const reason = bareReason(error);
      if (attempt === 1) {
        log.soon(
          { event: "retrying", address, reason, forMs },
          `${address} is not ready: ${reason}; trying for ${
            formatDuration(forMs)
          }`,
        );
        // The pauses may be long.
        log.flush();
      } else if (log.options.verbose) {
        log.now(
          { event: "retrying", address, reason, attempt },
          `attempt ${attempt} failed: ${reason}; the next is in ${
            formatDuration(pauseMs)
          }`,
        );
      }
    },
  };
}
