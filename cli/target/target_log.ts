/**
 * The log of a server whose connections lead to a target.
 *
 * @module
 */

import { ServerLog } from "../server/server_log.ts";
import { targetText } from "./target_text.ts";

/** Turns the events of such a server into lines of its log. */
export class TargetLog extends ServerLog {
  // Why the target was not reached while a client of WebSocket waited.
  readonly #ofTarget = new WeakSet<Error>();

  /** Takes note that a client got an answer that refuses, as the target failed. */
  targetFailed(error: unknown): void {
    if (error instanceof Error) this.#ofTarget.add(error);
  }

  protected override disagreement(
    error: unknown,
  ): readonly [fields: object, text: string] {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof Error) || !this.#ofTarget.has(cause)) {
      return super.disagreement(error);
    }
    const reason = targetText(cause);
    return [
      { why: "target", reason, status: 502 },
      `the target failed: ${reason}; answered with status 502`,
    ];
  }

  protected override tellsQuietly(why: string): boolean {
    return why === "target";
  }
}
