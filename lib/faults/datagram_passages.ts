/**
 * Faults of the datagrams of one peer, in both directions.
 *
 * @module
 */

import { SYSTEM_TIME, type Time } from "../time/time.ts";
import type { Fault, FaultDirection, FaultEvent } from "./fault.ts";
import { Passage } from "./passage.ts";
import { Plan } from "./plan/plan.ts";

/** The faults of the datagrams of one peer, in both directions. */
export interface DatagramFaults {
  /**
   * Passes a datagram on: now, later, twice, or not at all.
   *
   * @param direction Which way it goes.
   * @param bytes Its bytes, which are copied where they wait.
   * @param send Sends one in this direction; it must not reject.
   * @returns Resolves when it was sent, or when it waits for its time.
   */
  pass(
    direction: FaultDirection,
    bytes: Uint8Array,
    send: (bytes: Uint8Array) => Promise<void>,
  ): Promise<void>;

  /** Drops what waits. */
  close(): void;
}

/** Sends a datagram on its way. It must not reject. */
export type SendDatagram = (bytes: Uint8Array) => Promise<void>;

/** What the faults of one peer are made of. */
export interface PeerParts {
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** The peer's number, from 1. */
  readonly connection: number;
  /** The only direction that is struck, if one is. */
  readonly only?: FaultDirection | undefined;
  readonly onStrike: (event: FaultEvent) => void;
}

/** Strikes the datagrams of one peer. Each is a message, numbered in its direction. */
export class DatagramPassages implements DatagramFaults {
  readonly #parts: PeerParts;
  readonly #time: Time;
  readonly #passages: Record<FaultDirection, Passage | undefined>;
  // How the datagrams of a direction leave; the same for all of them.
  readonly #sends: Partial<Record<FaultDirection, SendDatagram>> = {};

  constructor(parts: PeerParts, time: Time = SYSTEM_TIME) {
    this.#parts = parts;
    this.#time = time;
    this.#passages = {
      toServer: this.#passage("toServer"),
      toClient: this.#passage("toClient"),
    };
  }

  async pass(
    direction: FaultDirection,
    bytes: Uint8Array,
    send: SendDatagram,
  ): Promise<void> {
    const passage = this.#passages[direction];
    if (passage === undefined) return await send(bytes);
    if (this.#sends[direction] === undefined) {
      this.#sends[direction] = send;
      void leave(passage, send);
    }
    await passage.room();
    passage.push(bytes.slice());
  }

  close(): void {
    this.#passages.toServer?.close();
    this.#passages.toClient?.close();
  }

  #passage(direction: FaultDirection): Passage | undefined {
    const { connection, faults, only, onStrike, seed } = this.#parts;
    if (only !== undefined && only !== direction) return undefined;
    const plan = new Plan({
      ...{ connection, direction, faults, seed },
      framing: "datagrams",
    });
    return plan.isEmpty
      ? undefined
      : new Passage(plan, { onStrike, time: this.#time });
  }
}

/** Sends what is due, until the passage is closed. */
async function leave(passage: Passage, send: SendDatagram): Promise<void> {
  for (;;) {
    const next = await passage.take();
    if (next?.type !== "bytes") return;
    await send(next.bytes);
  }
}
