/**
 * One peer of a relay of datagrams, with its socket towards the target.
 *
 * @module
 */

import { ClosedError } from "../errors.ts";
import { SYSTEM_TIME } from "../time/time.ts";
import type { Address } from "../transport/address.ts";
import type { DatagramEndpoint } from "../transport/datagram_endpoint.ts";
import type { DatagramPassage } from "./datagram_options.ts";
import type { RelayDirection } from "./options.ts";
import { receiveUntilClosed } from "./receive_datagrams.ts";

/** What a peer is made of. */
export interface PeerParts {
  /** The socket that the peer sends to, and that its answers leave through. */
  readonly back: DatagramEndpoint;
  /** A socket of its own towards the target, which the peer owns. */
  readonly out: DatagramEndpoint;
  readonly peer: Address;
  readonly target: Address;
  /** What its datagrams go through. */
  readonly through: DatagramPassage | undefined;
  ready(): Promise<void> | undefined;
  onDatagram(direction: RelayDirection, bytes: Uint8Array): void;
  onError(error: unknown): void;
}

/** One peer. */
export class RelayedPeer {
  /** When its last datagram came or went. */
  lastMs: number = SYSTEM_TIME.now();
  readonly #parts: PeerParts;
  readonly #receiving: Promise<void>;
  #isClosed = false;

  constructor(parts: PeerParts) {
    this.#parts = parts;
    const target = String(parts.target);
    this.#receiving = receiveUntilClosed(
      parts.out,
      async ({ bytes, from }) => {
        // Any other machine can send to this port too.
        if (String(from) !== target) return;
        await this.#pass("toClient", bytes, parts.back, parts.peer);
      },
      parts.ready,
      parts.onError,
    );
  }

  /** The peer's address. */
  get address(): Address {
    return this.#parts.peer;
  }

  /** Passes a datagram on to the target. */
  toServer(bytes: Uint8Array): Promise<void> {
    const { out, target } = this.#parts;
    return this.#pass("toServer", bytes, out, target);
  }

  /** Closes its socket. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#parts.through?.close();
    this.#parts.out.close();
    await this.#receiving;
  }

  async #pass(
    direction: RelayDirection,
    bytes: Uint8Array,
    by: DatagramEndpoint,
    to: Address,
  ): Promise<void> {
    this.lastMs = SYSTEM_TIME.now();
    const { through } = this.#parts;
    if (through === undefined) {
      return await this.#send(direction, bytes, by, to);
    }
    const send = (some: Uint8Array) => this.#send(direction, some, by, to);
    await through.pass(direction, bytes, send);
  }

  async #send(
    direction: RelayDirection,
    bytes: Uint8Array,
    by: DatagramEndpoint,
    to: Address,
  ): Promise<void> {
    // It was under way in what datagrams go through.
    if (this.#isClosed) return;
    this.#parts.onDatagram(direction, bytes);
    try {
      await by.send(bytes, to);
    } catch (error) {
      // A socket that is closed meanwhile is not a failure.
      if (!(error instanceof ClosedError)) this.#parts.onError(error);
    }
  }
}
