/**
 * Logs the events of the client's connection that none of its calls reports.
 *
 * @module
 */

import type { ConnectionEvent } from "../../../mod.ts";
import { bareReason } from "../../output/error_text.ts";
import type { Log } from "../../output/log.ts";

const BAD_FRAMES_TOLD = 5;

/**
 * Makes the logger of skipped bad frames and of messages that were not sent.
 * Both are losses, so they are logged with `--quiet` too.
 */
export function tellConnectionEvent(
  log: Log,
): (event: ConnectionEvent) => void {
  let badFrames = 0;
  return ({ error, type }) => {
    // A server can send a million of them: --verbose has the count at the end.
    if (type === "bad_frame" && ++badFrames > BAD_FRAMES_TOLD) return;
    const reason = bareReason(error);
    log.now(
      { event: type, reason },
      type === "bad_frame" ? `skipped: ${reason}` : `not sent: ${reason}`,
    );
  };
}
