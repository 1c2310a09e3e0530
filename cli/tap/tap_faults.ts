/**
 * Faults between the two sides of a tap.
 *
 * ```text
 *   client ─► faults to the server ─► relay ─► server
 *   client ◄─ relay ◄─ faults to the client ◄─ server
 * ```
 *
 * Faults strike what is read from a side, so everything that looks at the relay sees
 * what is really passed on.
 *
 * @module
 */

import type { Connection } from "../../mod.ts";
import type { FaultEvent } from "../../lib/testing/mod.ts";
import type { RunningFaults } from "../faults/running_faults.ts";
import type { TappedConnection, TapSettings } from "./tapped_connection.ts";

/** Breaks the connections of a tap. */
export class TapFaults {
  readonly #faults: RunningFaults;
  readonly #settings: TapSettings;
  readonly #tapped = new Map<number, TappedConnection>();
  // Connections with a side that cannot be reset.
  readonly #ended = new Set<number>();
  // Struck before anything looks at the connection, which is refused then.
  readonly #refused = new Map<number, FaultEvent>();

  constructor(faults: RunningFaults, settings: TapSettings) {
    this.#faults = faults;
    this.#settings = settings;
  }

  /** Puts faults onto the client's side. Connections come in the order of their numbers. */
  readonly wrapClient = (connection: Connection): Connection => {
    const number = this.#faults.next();
    this.#note(connection, number);
    const { framing, maxMessageBytes } = this.#settings;
    return this.#faults.wrap(connection, {
      connection: number,
      side: "server",
      only: "toServer",
      framing: framing.toServer,
      maxMessageBytes,
      onStrike: (event) => this.#struck(event),
    });
  };

  /** Puts faults onto the server's side of a connection. */
  wrapServer(
    { number }: TappedConnection,
  ): (connection: Connection) => Connection {
    const { framing, maxMessageBytes } = this.#settings;
    return (connection) => {
      this.#note(connection, number);
      return this.#faults.wrap(connection, {
        connection: number,
        side: "client",
        only: "toClient",
        framing: framing.toClient,
        maxMessageBytes,
        onStrike: (event) => this.#struck(event),
      });
    };
  }

  /**
   * Begins to show the strikes of a connection.
   *
   * @returns Whether it was refused, so that there is nothing to relay.
   */
  begin(tapped: TappedConnection): boolean {
    const refused = this.#refused.get(tapped.number);
    this.#refused.delete(tapped.number);
    this.#tapped.set(tapped.number, tapped);
    if (refused !== undefined) this.#struck(refused);
    return refused !== undefined;
  }

  /** Takes note of the end of a connection. */
  end({ number }: TappedConnection): void {
    this.#tapped.delete(number);
    this.#ended.delete(number);
  }

  #note({ canReset }: Connection, number: number): void {
    if (canReset !== true) this.#ended.add(number);
  }

  #struck(strike: FaultEvent): void {
    const { connection, leftOut, name } = strike;
    // A reset is one of both sides.
    const event: FaultEvent = name === "reset-after" &&
        leftOut === undefined && this.#ended.has(connection)
      ? { ...strike, insteadOfReset: "end" }
      : strike;
    const tapped = this.#tapped.get(event.connection);
    if (tapped !== undefined) {
      this.#faults.tell(event);
      tapped.onStrike(event);
    } else if (event.name === "refuse") {
      this.#refused.set(event.connection, event);
    }
  }
}
