/**
 * The deadlines of a connection, looked at by its clock.
 *
 * All three count only time spent waiting for the peer: a handler that takes
 * long to answer is not the peer's fault.
 *
 * @module
 */

import { TimeoutError } from "../../errors.ts";
import type { Connection } from "../../transport/connection.ts";
import type { Receiver } from "./receiver.ts";
import type { Sender } from "./sender.ts";
import type { Settings } from "./settings.ts";

/**
 * Tells which deadline has run out.
 *
 * @param receiver The receiving half.
 * @param sender The sending half.
 * @param settings The deadlines.
 * @param nowMs The clock's time.
 * @param connection Whose addresses the error names.
 * @returns The error, or `undefined` if there is time left.
 */
export function deadlinePassed<T>(
  receiver: Receiver<T>,
  sender: Sender<T>,
  settings: Settings<T>,
  nowMs: number,
  connection: Connection,
): TimeoutError | undefined {
  const { idleTimeoutMs, messageTimeoutMs, sendTimeoutMs } = settings;
  // A time noted between two steps of the clock may be up to a step old; waiting
  // one step longer makes sure that nobody is cut off early.
  const nowSure = nowMs - (settings.clock?.stepMs ?? 0);
  if (receiver.partialMs(nowSure) >= messageTimeoutMs) {
    return new TimeoutError(
      "message",
      messageTimeoutMs,
      `Connection to ${connection.remoteAddress} timed out: a message begun did not complete within ${messageTimeoutMs} ms (messageTimeoutMs)`,
    );
  }
  if (sender.waiting && nowSure - sender.progressMs >= sendTimeoutMs) {
    return new TimeoutError(
      "send",
      sendTimeoutMs,
      `Connection to ${connection.remoteAddress} timed out: it took none of ${sender.buffered} waiting bytes for ${sendTimeoutMs} ms (sendTimeoutMs)`,
    );
  }
  const progress = Math.max(receiver.progressMs, sender.progressMs);
  if (
    (receiver.waiting || sender.waiting) && nowSure - progress >= idleTimeoutMs
  ) {
    return new TimeoutError(
      "idle",
      idleTimeoutMs,
      `Connection to ${connection.remoteAddress} timed out: no byte in either direction for ${idleTimeoutMs} ms (idleTimeoutMs)`,
    );
  }
  return undefined;
}
