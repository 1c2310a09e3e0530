/**
 * Bounds the frames that cost an answer and carry nothing.
 *
 * @module
 */

import { ProtocolError } from "../../errors.ts";

/**
 * The most control frames within one second. A browser sends none by itself, and
 * programs that keep a connection alive one every few seconds.
 */
const MAX_CONTROL_FRAMES_PER_SECOND = 1_000;

/** The control frames of one peer. */
export class ControlBudget {
  // How many came since a second began.
  #count = 0;
  #since = 0;

  /**
   * Counts a frame.
   *
   * @throws {ProtocolError} If too many came within a second.
   */
  spend(nowMs: number): void {
    if (nowMs - this.#since >= 1_000) {
      this.#since = nowMs;
      this.#count = 0;
    }
    if (++this.#count <= MAX_CONTROL_FRAMES_PER_SECOND) return;
    throw new ProtocolError("too_large", {
      reason:
        `more than ${MAX_CONTROL_FRAMES_PER_SECOND} control frames came within a second`,
    });
  }
}
