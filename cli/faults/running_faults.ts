/**
 * The faults of a command while it runs: the seed, and a log line for each strike.
 *
 * @module
 */

import type { Connection } from "../../mod.ts";
import {
  type Fault,
  type FaultEvent,
  type StreamFaultOptions,
  withFaults,
} from "../../lib/testing/mod.ts";
import type { Log } from "../output/log.ts";
import type { FaultValues } from "./fault_options.ts";
import { strikeFields, strikeText } from "./fault_text.ts";

/** Breaks connections as a command line says. */
export class RunningFaults {
  readonly #faults: readonly Fault[];
  readonly #seed: number;
  readonly #log: Log;
  #connections = 0;

  /** Begins, and tells the seed if it was not given and means something. */
  constructor({ fault, seed }: FaultValues, log: Log) {
    this.#faults = fault;
    this.#log = log;
    this.#seed = seed ?? crypto.getRandomValues(new Uint32Array(1))[0]!;
    if (seed !== undefined || !fault.some(isRandom)) return;
    log.now({ event: "seed", seed: this.#seed }, `seed ${this.#seed}`);
  }

  /** Whether a fault resets connections, which takes sockets that can. */
  get resets(): boolean {
    return this.#faults.some(({ name }) => name === "reset-after");
  }

  /** Numbers one more connection, from 1, as the log does. */
  next(): number {
    return ++this.#connections;
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

  /** Logs a strike. */
  tell(strike: FaultEvent, mark = `#${strike.connection}`): void {
    const { direction } = strike;
    const arrow = direction === undefined
      ? ""
      : direction === "toServer"
      ? " →"
      : " ←";
    this.#log.soon(
      { event: "strike", ...strikeFields(strike) },
      `${mark}${arrow} ${strikeText(strike)}`,
    );
  }
}

/** Whether the seed changes what a fault does. */
function isRandom(fault: Fault): boolean {
  return "probability" in fault || fault.share !== undefined ||
    (fault.name === "delay" && fault.jitterMs > 0);
}
