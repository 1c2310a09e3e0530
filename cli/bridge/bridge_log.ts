/**
 * The log of a bridge's connections: messages in each direction, and which side a
 * failure is about.
 *
 * @module
 */

import type { BridgeReport } from "../../lib/relay/mod.ts";
import { counted } from "../output/counted.ts";
import { TargetLog } from "../target/target_log.ts";
import { targetText } from "../target/target_text.ts";

/** Turns the events of a bridge's server into lines of its log. */
export class BridgeLog extends TargetLog {
  readonly #reports = new WeakMap<object, BridgeReport>();

  /** Takes note of how a connection ended. */
  reported(connection: object, report: BridgeReport): void {
    this.#reports.set(connection, report);
  }

  protected override tellsQuietly(why: string): boolean {
    return why === "framing" || super.tellsQuietly(why);
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
