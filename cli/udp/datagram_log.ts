/**
 * The server's log of datagrams.
 *
 * A peer can send a million of them a second, from forged addresses. So a
 * datagram has a line of its own only with `--verbose`, and failures have a few
 * lines a second; the rest is counted.
 *
 * @module
 */

import type { Address } from "../../mod.ts";
import type {
  DatagramServerEvent,
  DatagramStats,
} from "../../lib/session/datagrams/mod.ts";
import { visible } from "../output/visible.ts";
import { errorText } from "../output/error_text.ts";
import type { Log, LogEvent } from "../output/log.ts";
import { counted } from "../output/counted.ts";
import { amount } from "../arguments/sizes.ts";

const LINES_PER_PERIOD = 5;
const PERIOD_MS = 1_000;
// The first bytes of a datagram; more would not be read.
const SHOWN_BYTES = 60;

/** Logs the datagrams of one address. */
export class DatagramLog {
  /** Where the datagrams are received. */
  address: Address;
  readonly #log: Log;
  #periodBegan = -Infinity;
  #lines = 0;
  #untold = 0;

  constructor(log: Log, address: Address) {
    this.#log = log;
    this.address = address;
  }

  /**
   * Logs a received datagram, if the log is verbose.
   *
   * @param message Its bytes or its text.
   */
  received(message: unknown, from: Address): void {
    if (!this.#log.options.verbose) return;
    const bytes = message instanceof Uint8Array
      ? message
      : new TextEncoder().encode(String(message));
    const more = bytes.length > SHOWN_BYTES ? "..." : "";
    const shown = visible(bytes.subarray(0, SHOWN_BYTES)) + more;
    this.#log.soon(
      {
        event: "datagram",
        address: String(this.address),
        peer: String(from),
        bytes: bytes.length,
        shown,
      },
      `${bytes.length} byte${
        bytes.length === 1 ? "" : "s"
      } from ${from}: "${shown}"`,
    );
  }

  /** Logs an event. */
  event(event: DatagramServerEvent): void {
    switch (event.type) {
      case "paused":
      case "resumed":
        return this.#turned(event);
      case "dropped":
        return this.#bounded("dropped", event.from, event.reason);
      case "refused":
        return this.#failed("refused", event);
      case "failed":
        return this.#failed("unanswered", event);
      // Every service awaits what it sends, and "failed" says what went wrong.
      case "unsent":
      case "resent":
    }
  }

  /** Logs the totals of the address. */
  totals(stats: DatagramStats): void {
    this.#tellUntold();
    const { bytesIn, bytesOut, datagramsIn, datagramsOut } = stats;
    const { dropped, droppedBySystem, refused } = stats;
    const bySystem = droppedBySystem === undefined
      ? "; drops by the system are not counted"
      : `, ${droppedBySystem} dropped by the system`;
    this.#log.soon(
      {
        event: "totals",
        address: String(this.address),
        datagramsIn,
        bytesIn,
        datagramsOut,
        bytesOut,
        refused,
        dropped,
        droppedBySystem: droppedBySystem ?? null,
      },
      `${this.address}: in ${amount(datagramsIn, "datagram", bytesIn)}, out ${
        amount(datagramsOut, "datagram", bytesOut)
      }; ${refused} refused, ${dropped} dropped${bySystem}`,
    );
  }

  /** Logs how many datagrams were dropped in all, if any were. */
  dropped(count: number): void {
    this.#tellUntold();
    if (count === 0) return;
    const address = String(this.address);
    this.#log.soon(
      { event: "dropped_total", address, dropped: count },
      `${address}: ${counted(count, "datagram")} dropped in all`,
    );
  }

  #turned(
    event: DatagramServerEvent & { type: "paused" | "resumed" },
  ): void {
    const address = String(this.address);
    if (event.type === "resumed") {
      return this.#log.now(
        { event: "resumed", address },
        `receiving again on ${address}`,
      );
    }
    const reason = errorText(event.error);
    this.#log.now(
      { event: "paused", address, reason },
      `receiving pauses on ${address}: ${reason}`,
    );
  }

  #failed(
    what: string,
    { error, from }: { readonly error: unknown; readonly from: Address },
  ): void {
    // Most errors name the peer already.
    const isNamed = error instanceof Error && "address" in error &&
      error.address === String(from);
    this.#bounded(what, from, errorText(error), isNamed);
  }

  #bounded(
    what: string,
    from: Address,
    reason: string,
    isNamed = false,
  ): void {
    const now = performance.now();
    if (now - this.#periodBegan >= PERIOD_MS) {
      this.#tellUntold();
      this.#periodBegan = now;
      this.#lines = 0;
    }
    if (this.#lines >= LINES_PER_PERIOD) {
      this.#untold++;
      return;
    }
    this.#lines++;
    const event: LogEvent = { event: what, peer: String(from), reason };
    const whose = isNamed ? "" : `a datagram of ${from}: `;
    this.#log.soon(event, `${what}: ${whose}${reason}`);
  }

  #tellUntold(): void {
    const count = this.#untold;
    if (count === 0) return;
    this.#untold = 0;
    this.#log.soon(
      { event: "untold", address: String(this.address), count },
      `and ${count} more on ${this.address} like that`,
    );
  }
}
