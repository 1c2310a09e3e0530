/**
 * The faults of a command while it runs: the seed, and a log line for each strike.
 *
 * @module
 */

import type { Address, Connection } from "../../mod.ts";
import type { DatagramEndpoint } from "../../lib/session/datagrams/mod.ts";
import {
  type DatagramFaultOptions,
  type DatagramFaults,
  datagramFaults,
  type Fault,
  type FaultEvent,
  type StreamFaultOptions,
  withDatagramFaults,
  withFaults,
} from "../../lib/testing/mod.ts";
import type { Framing } from "../../lib/framing/mod.ts";
import { chosenSeed } from "../arguments/chosen_seed.ts";
import type { Log } from "../output/log.ts";
import type { FaultValues } from "./fault_options.ts";
import { ConnectionFaults, EndpointFaults } from "./service_faults.ts";
import { strikeFields, strikeText } from "./fault_text.ts";

/** Breaks connections as a command line says. */
export class RunningFaults {
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  readonly #log: Log;
  readonly #isShown: boolean;
  #connections = 0;

  /**
   * Begins, and tells the seed if it was not given and means something.
   *
   * @param isShown Whether people see each strike already, where the log goes to.
   */
  constructor({ fault, seed }: FaultValues, log: Log, isShown = false) {
    this.#isShown = isShown;
    this.#faults = fault;
    this.#log = log;
    this.#seed = seed ?? (fault.some(isRandom) ? chosenSeed(log) : 0);
  }

  /** Whether a fault resets connections, which takes sockets that can. */
  get resets(): boolean {
    return this.#faults.some(({ name }) => name === "reset-after");
  }

  /** Numbers one more connection, from 1, as the log does. */
  next(): number {
    return ++this.#connections;
  }

  /**
   * Gives the faults of a service's connections, one after the other.
   *
   * @param framing What messages are in, unless a connection says otherwise.
   */
  ofConnections(
    framing: Framing | undefined,
    maxMessageBytes: number,
  ): () => ConnectionFaults {
    return () => new ConnectionFaults(this, framing, maxMessageBytes);
  }

  /** Gives the faults of a service's datagrams. */
  ofEndpoint(): EndpointFaults {
    return new EndpointFaults(this);
  }

  /** Puts the faults onto a connection. */
  wrap(
    connection: Connection,
    options: Omit<StreamFaultOptions, "seed">,
  ): Connection {
    return withFaults(connection, this.#faults, {
      ...options,
      seed: this.#seed,
    });
  }

  /** Puts the faults onto a socket of datagrams. */
  wrapDatagrams(
    endpoint: DatagramEndpoint,
    options: Omit<DatagramFaultOptions, "seed">,
  ): DatagramEndpoint {
    return withDatagramFaults(endpoint, this.#faults, {
      ...options,
      seed: this.#seed,
    });
  }

  /** Puts the faults onto the datagrams of one peer, in both directions. */
  ofPeer(
    connection: number,
    onStrike: (event: FaultEvent) => void,
  ): DatagramFaults {
    return datagramFaults(this.#faults, {
      connection,
      onStrike,
      seed: this.#seed,
    });
  }

  /**
   * Logs a strike.
   *
   * @param peer The peer, where connections have no numbers in the log.
   */
  tell(strike: FaultEvent, peer?: Address): void {
    if (this.#isShown) return;
    const { direction } = strike;
    const arrow = direction === undefined
      ? ""
      : direction === "toServer"
      ? " →"
      : " ←";
    this.#log.soon(
      {
        event: "strike",
        ...strikeFields(strike),
        ...peer && { peer: String(peer) },
      },
      `${peer ?? `#${strike.connection}`}${arrow} ${strikeText(strike)}`,
    );
  }
}

/** Whether the seed changes what a fault does. */
function isRandom(fault: Fault): boolean {
  if (fault.share !== undefined && fault.share < 1) return true;
  if (fault.name === "corrupt") return true;
  return "probability" in fault
    ? fault.probability < 1
    : fault.name === "delay" && fault.jitterMs > 0;
}
