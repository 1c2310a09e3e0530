/**
 * How many connections there may be at once, in all and from one peer.
 *
 * @module
 */

import type { ErrorParts } from "../../errors.ts";
import type { Address } from "../../transport/address.ts";

/** The bounds on the number of connections. */
export interface SlotLimits {
  /** Most connections at once. */
  readonly maxConnections: number;
  /** Most connections at once from one IP address. */
  readonly maxConnectionsPerPeer: number;
  /** What happens to one connection too many. */
  readonly whenFull: "wait" | "refuse";
}

/** What takes a slot: a connection. */
export interface SlotHolder {
  readonly remoteAddress: Address;
}

/** Counts connections. */
export class Slots {
  readonly #limits: SlotLimits;
  readonly #perPeer = new Map<string, number>();
  #taken = 0;
  // One accept loop per address may wait.
  readonly #waiting: (() => void)[] = [];

  constructor(limits: SlotLimits) {
    this.#limits = limits;
  }

  /**
   * Waits for a free slot, if one connection too many is to wait.
   *
   * @returns A promise, or `undefined` if there is no need to wait.
   */
  free(): Promise<void> | undefined {
    const { maxConnections, whenFull } = this.#limits;
    if (whenFull === "refuse" || this.#taken < maxConnections) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the waiting, free slot or not. */
  wake(): void {
    if (this.#waiting.length === 0) return;
    for (const woken of this.#waiting.splice(0)) woken();
  }

  /**
   * Takes a slot.
   *
   * @param holder The connection that gets it. Its address is made on demand, so it
   * is only asked for where it matters.
   * @returns `undefined`, or why there is none.
   */
  take(holder: SlotHolder): ErrorParts | undefined {
    const { maxConnections, maxConnectionsPerPeer } = this.#limits;
    if (this.#taken >= maxConnections) {
      return {
        reason: `${this.#taken} of ${maxConnections} connections are in use`,
        option: "maxConnections",
      };
    }
    if (maxConnectionsPerPeer !== Infinity) {
      const host = holder.remoteAddress.hostname;
      const held = this.#perPeer.get(host) ?? 0;
      if (held >= maxConnectionsPerPeer) {
        return {
          reason:
            `${held} of ${maxConnectionsPerPeer} connections from ${host} are in use`,
          option: "maxConnectionsPerPeer",
        };
      }
      this.#perPeer.set(host, held + 1);
    }
    this.#taken++;
    return undefined;
  }

  /**
   * Gives a slot back.
   *
   * @param holder The connection that got it.
   */
  give(holder: SlotHolder): void {
    this.#taken--;
    if (this.#limits.maxConnectionsPerPeer !== Infinity) {
      const host = holder.remoteAddress.hostname;
      const held = this.#perPeer.get(host)! - 1;
      if (held === 0) this.#perPeer.delete(host);
      else this.#perPeer.set(host, held);
    }
    this.wake();
  }
}
