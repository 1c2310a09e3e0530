/**
 * The log of a bridge's connections: messages in each direction, and which side a
 * failure is about.
 *
 * @module
 */

import type { BridgeReport } from "../../lib/relay/mod.ts";
import { counted } from "../arguments/counted.ts";
import { ServerLog } from "../server/server_log.ts";
import { targetText } from "../target/target_text.ts";

/** Turns the events of a bridge's server into lines of its log. */
export class BridgeLog extends ServerLog {
  readonly #reports = new WeakMap<object, BridgeReport>();
  // Why the target was not reached while a client of WebSocket waited.
  readonly #ofTarget = new WeakSet<Error>();

  /** Takes note of how a connection ended. */
  reported(connection: object, report: BridgeReport): void {
    this.#reports.set(connection, report);
  }

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
    return why === "target" || why === "framing";
  }

  protected override reason(
    connection: object,
    error: unknown,
  ): readonly [why: string, text: string] {
    const report = this.#reports.get(connection);
    if (report?.failed === undefined) return super.reason(connection, error);
    const text = targetText(report.error);
    // One side's message that the other side's framing cannot hold.
    if (report.error instanceof RangeError) {
      return ["framing", `a message of the ${report.failed}: ${text}`];
    }
    return report.failed === "server"
      ? ["target", `the target failed: ${text}`]
      : super.reason(connection, report.error);
  }

  protected override traffic(
    connection: object,
  ): readonly [fields: object, text: string] {
    const report = this.#reports.get(connection);
    const { toClient = 0, toServer = 0 } = report ?? {};
    return [
      { messagesToServer: toServer, messagesToClient: toClient },
      `${counted(toServer, "message")} to the server, ${
        counted(toClient, "message")
      } to the client`,
    ];
  }
}
