/**
 * Faults of the connections and datagrams of a service.
 *
 * ```text
 *   network ─► faults to the server ─► recorder ─► service
 *   network ◄─ recorder ◄─ faults to the client ◄─ service
 * ```
 *
 * So the recorder is between the two, and has what was really received and really sent.
 *
 * @module
 */

import type { Address, Connection } from "../../mod.ts";
import { Recent } from "../../lib/core.ts";
import type { Framing } from "../../lib/framing/mod.ts";
import type { DatagramEndpoint } from "../../lib/session/datagrams/mod.ts";
import type { FaultEvent } from "../../lib/testing/mod.ts";
import type { RunningFaults } from "./running_faults.ts";

/** The faults of one connection, in each of its directions. */
export class ConnectionFaults {
  readonly #faults: RunningFaults;
  readonly #number: number;
  readonly #framing: Framing | undefined;
  readonly #maxMessageBytes: number;
  #record: ((strike: FaultEvent) => void) | undefined;
  // What struck at once, before there is a record.
  readonly #strikes: FaultEvent[] = [];

  constructor(
    faults: RunningFaults,
    framing: Framing | undefined,
    maxMessageBytes: number,
  ) {
    this.#faults = faults;
    this.#number = faults.next();
    this.#framing = framing;
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Strikes what clients send. */
  incoming(connection: Connection): Connection {
    return this.#wrap(connection, "toServer");
  }

  /**
   * Strikes what the service sends. It comes last: strikes are not kept any longer for
   * a recording that has not begun, as a peer can cause any number of them.
   */
  outgoing(connection: Connection): Connection {
    this.#record ??= () => {};
    return this.#wrap(connection, "toClient");
  }

  /** Says where strikes are recorded, also those that came before. */
  recordBy(record: (strike: FaultEvent) => void): void {
    this.#record = record;
    for (const strike of this.#strikes.splice(0)) record(strike);
  }

  #wrap(connection: Connection, only: "toServer" | "toClient"): Connection {
    return this.#faults.wrap(connection, {
      connection: this.#number,
      side: "server",
      only,
      framing: this.#framing,
      maxMessageBytes: this.#maxMessageBytes,
      onStrike: (strike) => {
        this.#faults.tell(strike);
        if (strike.leftOut !== undefined) return;
        if (this.#record === undefined) this.#strikes.push(strike);
        else this.#record(strike);
      },
    });
  }
}

/** The faults of a socket of datagrams, in each of its directions. */
export class EndpointFaults {
  readonly #faults: RunningFaults;
  // A peer that is forgotten gets another number.
  readonly #numbers = new Recent<number>();
  #record: ((strike: FaultEvent, peer: Address) => void) | undefined;

  constructor(faults: RunningFaults) {
    this.#faults = faults;
  }

  /** Strikes what peers send. */
  incoming(endpoint: DatagramEndpoint): DatagramEndpoint {
    return this.#wrap(endpoint, "toServer");
  }

  /** Strikes what the service sends. */
  outgoing(endpoint: DatagramEndpoint): DatagramEndpoint {
    return this.#wrap(endpoint, "toClient");
  }

  /** Says where strikes are recorded. */
  recordBy(record: (strike: FaultEvent, peer: Address) => void): void {
    this.#record = record;
  }

  #wrap(
    endpoint: DatagramEndpoint,
    only: "toServer" | "toClient",
  ): DatagramEndpoint {
    return this.#faults.wrapDatagrams(endpoint, {
      side: "server",
      only,
      numberOf: (peer) => this.#numberOf(peer),
      onStrike: (strike, peer) => {
        this.#faults.tell(strike, peer);
        if (strike.leftOut === undefined) this.#record?.(strike, peer);
      },
    });
  }

  #numberOf(peer: Address): number {
    return this.#numbers.of(String(peer), () => this.#faults.next());
  }
}
