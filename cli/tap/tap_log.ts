/**
 * The log of a tap's connections: what passed in each direction, and which side a
 * failure is about.
 *
 * @module
 */

import type { RelayReport } from "../../lib/relay/mod.ts";
import { amount as amountOf } from "../arguments/sizes.ts";
import { targetText } from "../target/target_text.ts";
import { TargetLog } from "../target/target_log.ts";
import type { TappedConnection } from "./tapped_connection.ts";

/** What is known of an open connection. */
interface Known {
  readonly tapped: TappedConnection;
  report?: RelayReport;
}

/** Turns the events of a tap's server into lines of its log. */
export class TapLog extends TargetLog {
  readonly #known = new WeakMap<object, Known>();

  /** Gives the number of a connection that was opened. */
  numberOfOpened(connection: object): number {
    return this.numberOf(connection);
  }

  /** Takes note of what looks at a connection. */
  tapped(connection: object, tapped: TappedConnection): void {
    this.#known.set(connection, { tapped });
  }

  /** Takes note of how it ended. */
  reported(connection: object, report: RelayReport): void {
    this.#known.get(connection)!.report = report;
  }

  protected override reason(
    connection: object,
    error: unknown,
  ): readonly [why: string, text: string] {
    const [why, text] = super.reason(connection, error);
    if (why === "struck") return [why, text];
    const report = this.#known.get(connection)?.report;
    if (report?.failed === "server") {
      return ["target", `the target failed: ${targetText(report.error)}`];
    }
    return report?.failed === "client"
      ? [why, `the client failed: ${text}`]
      : [why, text];
  }

  protected override traffic(
    connection: object,
  ): readonly [fields: object, text: string] {
    const { tapped } = this.#known.get(connection)!;
    const toServer = tapped.totals("toServer");
    const toClient = tapped.totals("toClient");
    return [
      {
        messagesToServer: toServer.messages,
        bytesToServer: toServer.bytes,
        messagesToClient: toClient.messages,
        bytesToClient: toClient.bytes,
      },
      `${amount(toServer)} to the server, ${amount(toClient)} to the client`,
    ];
  }
}

/** Writes how much has passed. */
export function amount(
  { bytes, messages }: { readonly bytes: number; readonly messages: number },
): string {
  return amountOf(messages, "message", bytes);
}
